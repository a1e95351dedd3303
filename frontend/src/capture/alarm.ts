// The alarm that a recording stood still: heard, felt and (by the screens) seen. It waits until somebody can see it.

const BEEPS = 3;
const BEEP_SECONDS = 0.22;
const PAUSE_SECONDS = 0.14;
const PITCH_HERTZ = 880;
const BUZZ_MS = [400, 200, 400, 200, 800];

let waiting: (() => void) | null = null;

/** Rings now if the page is seen, else at the moment of return; asked twice meanwhile, it rings once. */
export function ringWhenSeen(vibrate: boolean): void {
  if (waiting !== null) document.removeEventListener('visibilitychange', waiting);
  waiting = null;
  if (document.visibilityState === 'visible') {
    void ring(vibrate);
    return;
  }
  waiting = () => {
    if (document.visibilityState === 'visible') ringWhenSeen(vibrate);
  };
  document.addEventListener('visibilitychange', waiting);
}

async function ring(vibrate: boolean): Promise<void> {
  if (vibrate) navigator.vibrate?.(BUZZ_MS);
  try {
    await beep();
  } catch {
    // a system without sound for pages: the vibration and the words remain
  }
}

async function beep(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  const step = BEEP_SECONDS + PAUSE_SECONDS;
  for (let n = 0; n < BEEPS; n += 1) {
    const at = context.currentTime + n * step;
    const [tone, loud] = [context.createOscillator(), context.createGain()];
    tone.type = 'square';
    tone.frequency.value = n === BEEPS - 1 ? PITCH_HERTZ * 1.5 : PITCH_HERTZ;
    loud.gain.setValueAtTime(0.35, at);
    loud.gain.setTargetAtTime(0, at + BEEP_SECONDS, 0.02);
    tone.connect(loud).connect(context.destination);
    tone.start(at);
    tone.stop(at + step);
  }
  await new Promise((resolve) => setTimeout(resolve, BEEPS * step * 1000 + 100));
  await context.close();
}
