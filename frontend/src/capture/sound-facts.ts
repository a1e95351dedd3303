// How long a sound file is, as far as this browser can read it without decoding.

const WAIT_MS = 4000;

/** Milliseconds, or null for what the browser cannot read (amr) or does not know (a recorder's own webm). */
export async function soundLength(file: Blob): Promise<number | null> {
  const url = URL.createObjectURL(file);
  const audio = new Audio();
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS);
      const answer = (seconds: number) => {
        clearTimeout(timer);
        resolve(Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : null);
      };
      audio.onloadedmetadata = () => answer(audio.duration);
      audio.onerror = () => answer(Number.NaN);
      audio.preload = 'metadata';
      audio.src = url;
    });
  } finally {
    audio.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}
