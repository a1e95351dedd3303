// Records the microphone: every second goes to the store at once, nothing is kept only in memory.
// It writes bytes only; the media row, marks and hashes belong to domain/.
import { AppError } from '../kernel/problem';
import { addChunk } from '../store/blobs';
import type { Store } from '../store/store';
import { type Gap, GapWatch } from './gaps';
import { LevelMeter } from './level';
import { holdLock, recordingLock } from './locks';
import { ScreenLock } from './wakelock';

const TIMESLICE_MS = 1000;
const LAST_SOUND_MS = 200;
const BITS_PER_SECOND = 32_000;
const MIMES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'];

export type Broken = 'microphone_ended' | 'phone_full' | 'storage_failed';

export interface RecorderListener {
  level(level: number): void;
  /** The sound up to `ms` lies in the store. */
  stored(ms: number, bytes: number): void;
  gap(gap: Gap): void;
  /** Whether the system keeps the screen on. */
  screen(held: boolean): void;
  /** The microphone was taken away for good, or a chunk could not be stored: said once. */
  broken(code: Broken): void;
}

/** Asks for the microphone. Throws AppError: microphone_refused, microphone_missing, microphone_unavailable. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!('mediaDevices' in navigator) || typeof MediaRecorder === 'undefined') {
    throw new AppError('microphone_unavailable');
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, noiseSuppression: true, echoCancellation: false },
    });
  } catch (error) {
    throw new AppError({ code: microphoneCode(error), detail: String(error) });
  }
}

function microphoneCode(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphone_refused';
  return name === 'NotFoundError' ? 'microphone_missing' : 'microphone_unavailable';
}

/** Dexie wraps what the browser threw. */
function isFull(error: unknown): boolean {
  const names = [error, (error as { inner?: unknown } | null)?.inner].map(
    (one) => (one as Error | null)?.name,
  );
  return names.includes('QuotaExceededError');
}

/** What this browser records: webm/opus in Chromium and Firefox, mp4/AAC in Safari. */
export function recordingMime(): string {
  return MIMES.find((mime) => MediaRecorder.isTypeSupported(mime)) ?? '';
}

export class Recorder {
  readonly media: string;
  readonly #store: Store;
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #listener: RecorderListener;
  readonly #gaps = new GapWatch();
  readonly #screen: ScreenLock;
  readonly #meter: LevelMeter;
  readonly #release: () => void;
  /** What the store refused: tried once more when the recording ends. */
  readonly #unstored: { data: ArrayBuffer; atMs: number }[] = [];
  #startedAt = 0;
  #storedMs = 0;
  #isBroken = false;
  #tail: Promise<void> = Promise.resolve();

  /** The blob row of `media` must exist. */
  constructor(store: Store, stream: MediaStream, media: string, listener: RecorderListener) {
    this.media = media;
    this.#store = store;
    this.#stream = stream;
    this.#listener = listener;
    this.#release = holdLock(recordingLock(media));
    // Constant, so that bytes tell how much sound there is; TypeScript's DOM does not know the option yet.
    const options: MediaRecorderOptions & { audioBitrateMode: 'constant' } = {
      mimeType: recordingMime(),
      audioBitsPerSecond: BITS_PER_SECOND,
      audioBitrateMode: 'constant',
    };
    this.#recorder = new MediaRecorder(stream, options);
    this.#screen = new ScreenLock((held) => listener.screen(held));
    this.#recorder.ondataavailable = (event) => this.#keep(event.data);
    this.#meter = new LevelMeter(stream, (level) => listener.level(level));
    this.#watchTrack();
  }

  async start(): Promise<void> {
    const started = new Promise((resolve) => {
      this.#recorder.onstart = resolve;
    });
    this.#startedAt = performance.now();
    this.#recorder.start(TIMESLICE_MS);
    await started;
    this.#startedAt = performance.now();
    await this.#screen.hold();
  }

  /** Milliseconds of recording so far. */
  elapsed(): number {
    return Math.max(0, Math.round(performance.now() - this.#startedAt));
  }

  /** Since when nothing is heard right now, or null while all is well. */
  deafSince(): ReturnType<GapWatch['deafSince']> {
    return this.#recorder.state === 'recording' ? this.#gaps.deafSince(this.elapsed()) : null;
  }

  /** Ends the recording; resolves with its length once the last sound is stored. */
  async stop(): Promise<number> {
    const isRunning = this.#recorder.state !== 'inactive';
    const now = this.elapsed();
    if (isRunning) {
      this.#closeGap();
      const stopped = new Promise((resolve) => {
        this.#recorder.onstop = resolve;
      });
      this.#recorder.stop();
      await stopped;
    } else {
      // It ended by itself with its track; its last sound may still be on the way to us.
      await new Promise((resolve) => setTimeout(resolve, LAST_SOUND_MS));
    }
    await this.#tail;
    await this.#putAgain();
    for (const track of this.#stream.getTracks()) track.stop();
    await Promise.all([this.#meter.close(), this.#screen.release()]);
    return isRunning ? now : this.#storedMs;
  }

  /** Lets other tabs see that nobody writes this recording any longer. */
  release(): void {
    this.#release();
  }

  #keep(data: Blob): void {
    if (data.size === 0) return;
    const atMs = this.elapsed();
    const gaps = [this.#gaps.clocks(atMs, Date.now()), this.#gaps.chunk(atMs, data.size)];
    for (const gap of gaps) if (gap) this.#listener.gap(gap);
    this.#tail = this.#tail.then(async () => this.#put(await data.arrayBuffer(), atMs));
  }

  /** Once a chunk could not be stored, those behind it wait too: the sound must have no hole. */
  async #put(data: ArrayBuffer, atMs: number): Promise<void> {
    if (this.#unstored.length > 0) {
      this.#unstored.push({ data, atMs });
      return;
    }
    try {
      const row = await addChunk(this.#store.db, this.media, data, atMs);
      this.#storedMs = atMs;
      this.#listener.stored(atMs, row.size);
    } catch (error) {
      this.#unstored.push({ data, atMs });
      this.#break(isFull(error) ? 'phone_full' : 'storage_failed');
    }
  }

  async #putAgain(): Promise<void> {
    for (const one of this.#unstored.splice(0)) await this.#put(one.data, one.atMs);
    this.#unstored.length = 0; // what is refused twice has no place to go
  }

  #break(code: Broken): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#listener.broken(code);
  }

  #watchTrack(): void {
    const [track] = this.#stream.getAudioTracks();
    if (!track) return;
    track.onmute = () => this.#gaps.mute(this.elapsed(), 'muted');
    track.onunmute = () => this.#closeGap();
    track.onended = () => {
      this.#gaps.mute(this.elapsed(), 'ended');
      this.#break('microphone_ended');
    };
  }

  #closeGap(): void {
    const gap = this.#gaps.unmute(this.elapsed());
    if (gap) this.#listener.gap(gap);
  }
}
