// The one recording of this tab: its state for the screens, its verbs, and what is found again after a crash.
import type { MarkKind } from '../generated/entities';
import type { Gap } from '../capture/gaps';
import { isFree, recordingLock } from '../capture/locks';
import { openMicrophone, Recorder, recordingMime } from '../capture/recorder';
import { instant } from '../kernel/clock';
import { type Problem, toProblem } from '../kernel/problem';
import { newBlob } from '../store/blobs';
import { live, type Live } from '../store/live.svelte';
import type { BlobRow } from '../store/rows';
import type { Fields, Write } from '../store/store';
import { store } from './context';
import { finishMedia, type MediaPlace } from './media';

const SILENCE = 0.002;
const SILENT_AFTER_MS = 10_000;
const WAVE_POINTS = 600;

class Recording {
  status = $state<'idle' | 'starting' | 'recording' | 'stopping'>('idle');
  /** Id of the media row that is being recorded, or was last. */
  media = $state<string | null>(null);
  trip = $state<string | null>(null);
  startedAt = $state(0);
  /** Milliseconds of sound that lie in the store. */
  storedMs = $state(0);
  storedBytes = $state(0);
  /** 0 to 1, ten times a second. */
  level = $state(0);
  /** Levels since the start, ten per second, the last minute of them. */
  wave = $state.raw<number[]>([]);
  gaps = $state<Gap[]>([]);
  marks = $state<{ id: string; kind: MarkKind; atMs: number; person: string | null }[]>([]);
  /** True when nothing was heard for ten seconds. */
  silent = $state(false);
  problem = $state<Problem | null>(null);
  #recorder: Recorder | null = null;
  #heardAt = 0;

  get active(): boolean {
    return this.status === 'recording' || this.status === 'stopping';
  }

  /** Milliseconds since the start; ask on a timer or animation frame. */
  elapsed(): number {
    return this.#recorder?.elapsed() ?? this.storedMs;
  }

  /** Starts; false when the microphone is not to be had (`problem` says why). */
  async start(place: MediaPlace): Promise<boolean> {
    if (this.status !== 'idle') return false;
    this.#reset(place.trip);
    let stream: MediaStream | null = null;
    try {
      stream = await openMicrophone();
      const media = await this.#makeRows(place);
      this.#recorder = new Recorder(store(), stream, media, {
        level: (level) => this.#onLevel(level),
        stored: (ms, bytes) => {
          this.storedMs = ms;
          this.storedBytes = bytes;
        },
        gap: (gap) => void this.#onGap(gap),
        broken: (code) => void this.#onBroken(code),
      });
      await this.#recorder.start();
      this.media = media;
      this.status = 'recording';
      return true;
    } catch (error) {
      // Rows made meanwhile hold no sound; the next start drops them.
      for (const track of stream?.getTracks() ?? []) track.stop();
      this.#recorder?.release();
      this.#recorder = null;
      this.problem = toProblem(error);
      this.status = 'idle';
      return false;
    }
  }

  /** Ends and keeps it; returns the media id. Hashing goes on by itself. */
  async stop(): Promise<string | null> {
    const recorder = this.#recorder;
    if (recorder === null || this.status !== 'recording') return null;
    this.status = 'stopping';
    const durationMs = await recorder.stop();
    await closeRecording(recorder.media, durationMs, false);
    recorder.release();
    this.#recorder = null;
    this.status = 'idle';
    void finishMedia(recorder.media);
    return recorder.media;
  }

  /** Marks this moment: a flag, or who speaks from now on. */
  async mark(kind: 'flag' | 'speaker', person: string | null = null, text = ''): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === null) return;
    await this.#writeMark({ media: recorder.media, kind, at_ms: recorder.elapsed(), person, text });
  }

  #reset(trip: string): void {
    this.status = 'starting';
    this.trip = trip;
    this.startedAt = store().clock.now();
    this.storedMs = 0;
    this.storedBytes = 0;
    this.level = 0;
    this.wave = [];
    this.gaps = [];
    this.marks = [];
    this.silent = false;
    this.problem = null;
    this.#heardAt = 0;
  }

  async #makeRows(place: MediaPlace): Promise<string> {
    const { db, clock } = store();
    const media = store().newId();
    const { trip, ...where } = place;
    const mime = recordingMime();
    const fields: Fields<'media'> = { ...where, kind: 'audio', mime, captured_at: instant(clock.now()) };
    const blob = newBlob(media, trip, { kind: 'audio', mime, state: 'writing', startedAt: clock.now() });
    await store().write([{ trip, entity: 'media', record: media, fields }], {
      also: [db.blobs],
      inside: () => db.blobs.add(blob),
    });
    return media;
  }

  async #writeMark(fields: Fields<'mark'> & { media: string; at_ms: number; kind: MarkKind }): Promise<void> {
    const id = store().newId();
    const trip = this.trip ?? '';
    this.marks.push({ id, kind: fields.kind, atMs: fields.at_ms, person: fields.person ?? null });
    const write: Write<'mark'> = { trip, entity: 'mark', record: id, fields };
    await store().write([write]);
  }

  async #onGap(gap: Gap): Promise<void> {
    this.gaps.push(gap);
    const media = this.#recorder?.media ?? this.media;
    if (media === null) return;
    await this.#writeMark({ media, kind: 'gap', at_ms: gap.atMs, length_ms: gap.lengthMs, text: gap.reason });
  }

  async #onBroken(code: string): Promise<void> {
    this.problem = { code };
    await this.stop();
  }

  #onLevel(level: number): void {
    this.level = level;
    this.wave = [...this.wave.slice(1 - WAVE_POINTS), level];
    const elapsed = this.elapsed();
    if (level > SILENCE) this.#heardAt = elapsed;
    this.silent = elapsed - this.#heardAt > SILENT_AFTER_MS;
  }
}

export const recording = new Recording();

/** Makes a whole blob of a recording and says its length in the media row. */
async function closeRecording(media: string, durationMs: number, recovered: boolean): Promise<void> {
  const { db } = store();
  const blob = await db.blobs.get(media);
  if (!blob) return;
  const fields: Fields<'media'> = { duration_ms: durationMs, size: blob.size };
  await store().write([{ trip: blob.trip, entity: 'media', record: media, fields }], {
    also: [db.blobs],
    inside: () => db.blobs.update(media, { state: 'whole', durationMs, recovered }),
  });
}

/** On start: every recording still being written whose tab is gone was cut off; it is kept and told about. */
export async function recoverRecordings(): Promise<void> {
  const { db } = store();
  for (const blob of await db.blobs.where('state').equals('writing').toArray()) {
    if (!(await isFree(recordingLock(blob.media)))) continue;
    if (blob.chunks === 0) await dropEmpty(blob);
    else await closeRecording(blob.media, blob.durationMs ?? 0, true);
  }
}

/** Not one second was recorded: there is nothing to keep and nothing to claim. */
async function dropEmpty(blob: BlobRow): Promise<void> {
  const { db } = store();
  await store().write([{ trip: blob.trip, entity: 'media', record: blob.media, deleted: true }], {
    also: [db.blobs],
    inside: () => db.blobs.delete(blob.media),
  });
}

/** Recordings found again that the user has not been told about: "7 min 12 s recovered". */
export function liveRecovered(): Live<BlobRow[]> {
  return live(
    () =>
      store()
        .db.blobs.filter((blob) => blob.recovered)
        .toArray(),
    [],
  );
}

/** The user has seen it. */
export async function acknowledgeRecovered(media: string): Promise<void> {
  await store().db.blobs.update(media, { recovered: false });
}
