// The one recording of this tab: its state for the screens and its verbs. The device part comes with the first start;
// what is found again after a crash is recovery.ts.
import type { MarkKind } from '../generated/entities';
import type { Gap, GapReason } from '../capture/gaps';
import { allowedPosition } from '../capture/position';
import type { Broken, Recorder, RecorderListener } from '../capture/recorder';
import { instant } from '../kernel/clock';
import { type Problem, toProblem } from '../kernel/problem';
import { newBlob } from '../store/blobs';
import type { Fields, Write } from '../store/store';
import { store } from './context';
import { finishMedia, type MediaPlace, placeMedia } from './media';
import { readPreferences } from './preferences';
import { closeRecording } from './recovery';

const SILENCE = 0.002;
const SILENT_AFTER_MS = 10_000;
const WAVE_POINTS = 600;
/** A shorter gap is marked, but nobody is alarmed. */
const ALARM_MS = 3000;
const POSITION_WAIT_MS = 15_000;

/** A recording stood still, or has ended by itself: until somebody has seen it. */
export interface StandStill {
  /** Unix milliseconds of the first moment that was not heard. */
  since: number;
  lengthMs: number;
  reason: GapReason | Broken;
  /** True when it has ended and a tap is needed to go on. */
  stopped: boolean;
  /** The sound before it that lies on this phone. */
  keptMs: number;
}

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
  /** For how long nothing was heard, once that is ten seconds; else 0. The microphone works, the room is silent. */
  silentMs = $state(0);
  /** For how long no sound arrives at all, once that is three seconds; else 0. */
  deafMs = $state(0);
  /** False when the system lets the screen go dark. */
  screenHeld = $state(true);
  alarm = $state<StandStill | null>(null);
  /** Which part of one piece of work this is; 1 = the first. */
  part = $state(1);
  problem = $state<Problem | null>(null);
  #recorder: Recorder | null = null;
  #heardAt = 0;
  #place: MediaPlace | null = null;
  #first: { media: string; startedAt: number } | null = null;

  get active(): boolean {
    return this.status === 'recording' || this.status === 'stopping';
  }

  get silent(): boolean {
    return this.silentMs > 0;
  }

  /** Milliseconds since the start; ask on a timer or animation frame. */
  elapsed(): number {
    return this.#recorder?.elapsed() ?? this.storedMs;
  }

  /** Starts; false when the microphone is not to be had (`problem` says why). */
  async start(place: MediaPlace): Promise<boolean> {
    if (this.status !== 'idle') return false;
    this.#first = null;
    this.part = 1;
    return this.#begin(place);
  }

  /** Goes on after it has ended by itself, as the next part of the same piece of work. */
  async goOn(): Promise<boolean> {
    if (this.status !== 'idle' || this.#place === null || this.media === null) return false;
    this.#first ??= { media: this.media, startedAt: this.startedAt };
    return this.#beginPart(this.#place, this.#first);
  }

  /** Goes on with a recording of before: after a kill, or one that was stopped too early. */
  async continueFrom(media: string): Promise<boolean> {
    const row = await store().db.rows('media').get(media);
    if (this.status !== 'idle' || !row) return false;
    const { trip, stop, forum, note } = row;
    const first = row.recording ? await store().db.rows('media').get(row.recording) : row;
    this.#first = {
      media: first?.id ?? row.id,
      startedAt: Date.parse(first?.captured_at ?? row.captured_at ?? '') || store().clock.now(),
    };
    this.part = 1;
    return this.#beginPart({ trip, stop, forum, note }, this.#first);
  }

  /** Ends and keeps it; returns the media id. Hashing goes on by itself. */
  async stop(): Promise<string | null> {
    const recorder = this.#recorder;
    if (recorder === null || this.status !== 'recording') return null;
    this.status = 'stopping';
    const durationMs = await recorder.stop();
    this.storedMs = durationMs;
    try {
      await closeRecording(recorder.media, durationMs, false);
      void finishMedia(recorder.media).catch(() => undefined); // made up for at the next start
    } catch {
      // No room even for this: the sound lies in the store and becomes whole at the next start.
    }
    recorder.release();
    this.#recorder = null;
    this.silentMs = this.deafMs = 0;
    this.status = 'idle';
    return recorder.media;
  }

  /** Marks this moment: a flag, or who speaks from now on. */
  async mark(kind: 'flag' | 'speaker', person: string | null = null, text = ''): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === null) return;
    await this.#writeMark({ media: recorder.media, kind, at_ms: recorder.elapsed(), person, text });
  }

  /** What was taken at `takenAt` (Unix ms) belongs to that second of the running recording; an older one to now. */
  pin(takenAt: number): Pick<MediaPlace, 'recording' | 'at_ms'> {
    if (!this.active || this.media === null) return {};
    const elapsed = this.elapsed();
    const ago = Math.max(0, store().clock.now() - takenAt);
    return { recording: this.media, at_ms: Math.round(ago <= elapsed ? elapsed - ago : elapsed) };
  }

  async #beginPart(place: MediaPlace, first: { media: string; startedAt: number }): Promise<boolean> {
    const speaking = this.marks.findLast((mark) => mark.kind === 'speaker')?.person ?? null;
    const at_ms = Math.max(0, store().clock.now() - first.startedAt);
    const begun = await this.#begin({ ...place, recording: first.media, at_ms });
    if (!begun) return false;
    this.part += 1;
    this.alarm = null;
    if (speaking !== null) await this.mark('speaker', speaking);
    return true;
  }

  async #begin(place: MediaPlace): Promise<boolean> {
    this.#reset(place.trip);
    let stream: MediaStream | null = null;
    try {
      const device = await import('../capture/recorder');
      stream = await device.openMicrophone();
      const media = await this.#makeRows(place, device.recordingMime());
      this.#recorder = new device.Recorder(store(), stream, media, this.#listener());
      await this.#recorder.start();
      this.media = media;
      this.#place = place;
      this.status = 'recording';
      void placeMedia({ id: media, trip: place.trip }, allowedPosition(POSITION_WAIT_MS));
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

  #listener(): RecorderListener {
    return {
      level: (level) => this.#onLevel(level),
      stored: (ms, bytes) => {
        this.storedMs = ms;
        this.storedBytes = bytes;
      },
      gap: (gap) => void this.#onGap(gap),
      screen: (held) => {
        this.screenHeld = held;
      },
      broken: (code) => void this.#onBroken(code),
    };
  }

  #reset(trip: string): void {
    this.status = 'starting';
    this.trip = trip;
    this.startedAt = store().clock.now();
    this.storedMs = this.storedBytes = this.level = 0;
    this.wave = [];
    this.gaps = [];
    this.marks = [];
    this.silentMs = this.deafMs = this.#heardAt = 0;
    this.screenHeld = true;
    this.problem = null;
  }

  async #makeRows(place: MediaPlace, mime: string): Promise<string> {
    const { db, clock } = store();
    const media = store().newId();
    const { trip, ...where } = place;
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
    if (gap.lengthMs >= ALARM_MS) {
      const ago = this.elapsed() - gap.atMs + (gap.reason === 'asleep' ? gap.lengthMs : 0);
      const { lengthMs, reason, atMs } = gap;
      this.#raise({ ago, lengthMs, reason, stopped: false, keptMs: this.#heardBefore(atMs) });
    }
    await this.#writeMark({ media, kind: 'gap', at_ms: gap.atMs, length_ms: gap.lengthMs, text: gap.reason });
  }

  async #onBroken(code: Broken): Promise<void> {
    this.problem = { code };
    const ago = Math.max(0, this.elapsed() - this.storedMs);
    await this.stop();
    const keptMs = this.#heardBefore(this.storedMs);
    this.#raise({ ago, lengthMs: 0, reason: code, stopped: true, keptMs });
  }

  /** Milliseconds of real sound before this moment: gaps are none. */
  #heardBefore(ms: number): number {
    const holes = this.gaps.filter((gap) => gap.reason !== 'asleep' && gap.atMs < ms);
    return Math.max(
      0,
      holes.reduce((heard, gap) => heard - gap.lengthMs, ms),
    );
  }

  /** One alarm at a time: further gaps make it longer, an end makes it graver. */
  #raise({ ago, ...what }: Omit<StandStill, 'since'> & { ago: number }): void {
    const before = this.alarm;
    const since = before?.since ?? store().clock.now() - ago;
    const lengthMs = what.lengthMs + (before?.lengthMs ?? 0);
    const keptMs = before && !what.stopped ? before.keptMs : what.keptMs;
    this.alarm = { ...what, since, lengthMs, keptMs };
    void this.#ring();
  }

  async #ring(): Promise<void> {
    const [{ ringWhenSeen }, { vibrate }] = await Promise.all([
      import('../capture/alarm'),
      readPreferences(),
    ]);
    ringWhenSeen(vibrate);
  }

  #onLevel(level: number): void {
    this.level = level;
    this.wave = [...this.wave.slice(1 - WAVE_POINTS), level];
    const elapsed = this.elapsed();
    const deaf = this.#recorder?.deafSince() ?? null;
    const deafMs = deaf === null ? 0 : elapsed - deaf.atMs;
    this.deafMs = deafMs < ALARM_MS ? 0 : deafMs;
    if (level > SILENCE) this.#heardAt = elapsed;
    const silentMs = elapsed - this.#heardAt;
    this.silentMs = silentMs < SILENT_AFTER_MS || this.deafMs > 0 ? 0 : silentMs;
  }
}

export const recording = new Recording();
