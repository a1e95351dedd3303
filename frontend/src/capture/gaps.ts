// When a recording did not listen: the microphone was muted or taken, or the page was frozen.

export type GapReason = 'muted' | 'ended' | 'frozen';

export interface Gap {
  reason: GapReason;
  /** Milliseconds from the start of the recording. */
  atMs: number;
  lengthMs: number;
}

const SILENT_PAGE_MS = 3000;
const BYTES_SHARE = 0.5;

/** Turns what the device reports into gaps. Pure: it is told the time. */
export class GapWatch {
  #muted: { atMs: number; reason: GapReason } | null = null;
  #lastChunkMs = 0;
  #bytesPerMs = 0;

  mute(atMs: number, reason: GapReason): void {
    this.#muted ??= { atMs, reason };
  }

  /** The gap that ends now, if one was open. */
  unmute(atMs: number): Gap | null {
    const open = this.#muted;
    this.#muted = null;
    if (open === null || atMs <= open.atMs) return null;
    return { reason: open.reason, atMs: open.atMs, lengthMs: atMs - open.atMs };
  }

  /** A chunk that comes late with too few bytes for its time means that the page was frozen meanwhile. */
  chunk(atMs: number, bytes: number): Gap | null {
    const passed = atMs - this.#lastChunkMs;
    const from = this.#lastChunkMs;
    this.#lastChunkMs = atMs;
    const expected = this.#bytesPerMs * passed;
    if (passed > SILENT_PAGE_MS && expected > 0 && bytes < expected * BYTES_SHARE && this.#muted === null) {
      return { reason: 'frozen', atMs: from, lengthMs: Math.round(passed - bytes / this.#bytesPerMs) };
    }
    if (passed > 0 && passed <= SILENT_PAGE_MS) this.#learnRate(bytes / passed);
    return null;
  }

  #learnRate(bytesPerMs: number): void {
    this.#bytesPerMs = this.#bytesPerMs === 0 ? bytesPerMs : this.#bytesPerMs * 0.9 + bytesPerMs * 0.1;
  }
}
