// Sends a recording while it is still recorded: a little now and then, only while the engine rests and the network is
// free, so that it disturbs neither the recording nor a push. What it does not manage goes after the stop.
import type { Store } from '../store/store';
import type { EngineStatus } from '../store/sync-state';
import type { Timers } from './parts';
import { growingUploads, uploadGrowing, type Uploader } from './upload';

const EVERY_MS = 5000;
/** About eight seconds of sound: a request costs the radio more than the bytes do. */
const LEAST_BYTES = 32_000;
const AFTER_FAILURE_MS = 30_000;

interface LiveParts {
  store: Store;
  uploader: Uploader;
  timers: Timers;
  /** What the engine is doing: its work goes first. */
  engine: () => EngineStatus;
  /** May bytes go now: the user's wish and what the platform says of the network. */
  allowed: () => Promise<boolean>;
}

export class LiveUpload {
  readonly #parts: LiveParts;
  #running: Promise<void> | null = null;
  #notBefore = 0;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Looks every few seconds whether there is something to send. */
  start(): void {
    this.#parts.timers.set(() => {
      void this.step().finally(() => this.start());
    }, EVERY_MS);
  }

  /** Resolves when nothing of it is on the wire: the whole file then goes on from where it stopped. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** One look, one piece at most. */
  async step(): Promise<void> {
    if (this.#running !== null) return;
    this.#running = this.#send().catch(() => undefined); // the store was closed: the next look tries again
    await this.#running;
    this.#running = null;
  }

  async #send(): Promise<void> {
    const { store, uploader, allowed } = this.#parts;
    if (store.clock.now() < this.#notBefore || !this.#isQuiet()) return;
    const [blob] = await growingUploads(store, LEAST_BYTES);
    if (blob === undefined || !(await allowed())) return;
    const result = await uploadGrowing(store, uploader, blob, () => !this.#isQuiet());
    const failed = !result.ok && result.kind !== 'paused';
    if (failed) this.#notBefore = store.clock.now() + (result.retryAfterMs ?? AFTER_FAILURE_MS);
  }

  /** The engine rests and nothing keeps it from the server. */
  #isQuiet(): boolean {
    const { state, problem } = this.#parts.engine();
    return (state === 'idle' || state === 'waiting') && problem === null;
  }
}
