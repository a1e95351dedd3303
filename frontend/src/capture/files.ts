// Everything needed to take a file in, as one piece of the bundle: it is loaded right after the first screen is drawn.
export * from './camera';
export * from './filetype';
export { soundLength } from './sound-facts';
