// The sound files that phones' own recorders make, by the endings of their names.

/** Phones name these by ending only, or wrongly as video. */
export const SOUND_ENDINGS: Readonly<Record<string, string>> = {
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  aac: 'audio/aac',
  amr: 'audio/amr',
  awb: 'audio/amr',
  '3gp': 'audio/3gpp',
  '3gpp': 'audio/3gpp',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  oga: 'audio/ogg',
  flac: 'audio/flac',
  weba: 'audio/webm',
  caf: 'audio/x-caf',
};

/** For file pickers: types alone hide amr and m4a on some phones. */
export const SOUND_FILES = `audio/*,${Object.keys(SOUND_ENDINGS)
  .map((ending) => `.${ending}`)
  .join(',')}`;
