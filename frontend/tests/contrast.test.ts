// The colours hold in every theme: text 4.5 to 1, edges and the focus ring 3 to 1, computed from tokens.css itself.
import { describe, expect, it } from 'vitest';

// Vitest leaves stylesheets empty, so the file itself is read; by a name, for this project has no types of Node.
const files: string = 'node:fs';
const { readFileSync } = (await import(/* @vite-ignore */ files)) as {
  readFileSync: (path: URL, encoding: string) => string;
};
const css = readFileSync(new URL('../src/ui/css/tokens.css', import.meta.url), 'utf8');
const block = (selector: string) => {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`no ${selector} in the tokens`);
  return colours(css.slice(start, css.indexOf('\n}', start)));
};
const light = block(':root');
const THEMES = {
  light,
  dark: { ...light, ...block(":root[data-theme='dark']") },
  sun: { ...light, ...block(":root[data-theme='sun']") },
};
const SURFACES = ['paper', 'paper-sunk', 'card'];
const PAIRS: [string, string, number][] = [
  ...SURFACES.flatMap((on) =>
    ['ink', 'ink-2', 'ink-3', 'accent', 'safe', 'warn'].map(
      (of) => [of, on, 4.5] as [string, string, number],
    ),
  ),
  ...SURFACES.flatMap((on) => ['edge', 'focus'].map((of) => [of, on, 3] as [string, string, number])),
  ['on-ink', 'ink', 4.5],
  ['on-accent', 'accent-fill', 4.5],
  ['on-accent', 'accent-press', 4.5],
  ['on-warn', 'warn-fill', 4.5],
  ['accent', 'accent-wash', 4.5],
  ['safe', 'safe-wash', 4.5],
  ['warn', 'warn-wash', 4.5],
  ['ink', 'mark', 4.5],
];

function colours(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map((found) => [found[1], found[2]]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, two: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

describe.each(Object.entries(THEMES))('%s', (_name, colour: Record<string, string>) => {
  it.each(PAIRS)('%s on %s reaches %d', (of, on, least) => {
    expect(contrast(colour[of] ?? '', colour[on] ?? '')).toBeGreaterThanOrEqual(least);
  });
});

it('dark by choice and dark by device are the same', () => {
  expect(block(':root:not([data-theme])')).toEqual(block(":root[data-theme='dark']"));
});
