// When a recording did not listen: the microphone was muted or taken, the page was frozen, the device slept.

export type GapReason = 'muted' | 'ended' | 'frozen' | 'asleep';

export interface Gap {
  reason: GapReason;
  /** Milliseconds from the start of the recording. */
  atMs: number;
  lengthMs: number;
}

const LATE_MS = 2500;
const OVERDUE_MS = 4000;
const BYTES_SHARE = 0.8;
/** What a late chunk lacks often comes with those behind it; only what these do not bring is missing. */
const PATIENCE_CHUNKS = 3;
/** Less than this is the muxer's business. */
const LEAST_MS = 1000;
/** A clock set right by the network moves by less; what is longer was sleep. */
const SLEPT_MS = 3000;

interface Suspect {
  from: number;
  bytes: number;
  chunks: number;
}

/**
 * Turns what the device reports into gaps. Pure: it is told the time. The recorder asks for a constant bit rate,
 * so the bytes of a chunk say how much sound is in it.
 */
export class GapWatch {
  #muted: { atMs: number; reason: GapReason } | null = null;
  #lastChunkMs = 0;
  #bytesPerMs = 0;
  #suspect: Suspect | null = null;
  #clocks: { steady: number; wall: number } | null = null;

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

  /** Sound that is missing for good: a chunk came late with too few bytes, and those behind it did not make up for it. */
  chunk(atMs: number, bytes: number): Gap | null {
    const from = this.#lastChunkMs;
    const passed = atMs - from;
    this.#lastChunkMs = atMs;
    if (this.#suspect !== null) return this.#judge(this.#suspect, atMs, bytes);
    const isShort = bytes < this.#bytesPerMs * passed * BYTES_SHARE;
    if (passed > LATE_MS && isShort && this.#muted === null) this.#suspect = { from, bytes, chunks: 0 };
    else if (passed > 0 && passed <= LATE_MS) this.#learnRate(bytes / passed);
    return null;
  }

  #judge(suspect: Suspect, atMs: number, bytes: number): Gap | null {
    suspect.bytes += bytes;
    suspect.chunks += 1;
    const lengthMs = Math.round(atMs - suspect.from - suspect.bytes / this.#bytesPerMs);
    const isWhole = lengthMs < LEAST_MS;
    if (isWhole || suspect.chunks >= PATIENCE_CHUNKS || this.#muted !== null) this.#suspect = null;
    return isWhole || this.#suspect !== null ? null : { reason: 'frozen', atMs: suspect.from, lengthMs };
  }

  /**
   * The steady clock stands still while the device sleeps, the wall clock does not. The sound has no hole there:
   * `atMs` is where it goes on, `lengthMs` how long nobody listened.
   */
  clocks(steadyMs: number, wallMs: number): Gap | null {
    const before = this.#clocks;
    this.#clocks = { steady: steadyMs, wall: wallMs };
    if (before === null) return null;
    const slept = wallMs - before.wall - (steadyMs - before.steady);
    return slept > SLEPT_MS ? { reason: 'asleep', atMs: steadyMs, lengthMs: Math.round(slept) } : null;
  }

  /** Since when nothing is heard right now, or null: muted, or a chunk is overdue. */
  deafSince(atMs: number): { atMs: number; reason: GapReason } | null {
    if (this.#muted !== null) return this.#muted;
    const late = atMs - this.#lastChunkMs > OVERDUE_MS;
    return late ? { atMs: this.#lastChunkMs, reason: 'frozen' } : null;
  }

  #learnRate(bytesPerMs: number): void {
    this.#bytesPerMs = this.#bytesPerMs === 0 ? bytesPerMs : this.#bytesPerMs * 0.9 + bytesPerMs * 0.1;
  }
}
