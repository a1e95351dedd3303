// Photos, files and the bytes of recordings: taking them in, finishing them, showing them.
import { contentUrl, playableUrl, thumbnailUrl } from '../api/urls';
import { IMPORT_LOCK, isFree } from '../capture/locks';
import { devicePosition, type Position } from '../capture/position';
import { instant } from '../kernel/clock';
import { clip } from '../kernel/limits';
import { CHUNK_BYTES, dropOrphans, newBlob, readBlob } from '../store/blobs';
import { live, type Live } from '../store/live.svelte';
import type { BlobRow, Row } from '../store/rows';
import type { Fields } from '../store/store';
import { store } from './context';
import { evidenceWrite } from './questions';
import { rowById, rowsReferring } from './rows';
import { smallPicture } from './thumbnails';

export interface MediaPlace {
  trip: string;
  stop?: string | null;
  forum?: string | null;
  note?: string | null;
  /** The recording that ran while this was taken, and when in it. */
  recording?: string | null;
  at_ms?: number | null;
}

export interface Intake {
  /** The id it will have; given again for the same file, nothing is taken in twice. */
  id?: string;
  /** Drafts that end with it, in the same transaction: the opened camera, what another app handed over. */
  dropDraft?: string;
  /** False for what was not captured here and now: this device's place says nothing about it. */
  placed?: boolean;
  /** The question it proves the answer of: said in the same transaction. */
  question?: string;
  /** Heard while bytes are stored and hashed, 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Above this a file is stored piece by piece before its row, below it in one transaction with the row. */
const AT_ONCE_BYTES = 48 * 1024 * 1024;
/** A file this old was not taken just now. */
const FRESH_MS = 120_000;
const POSITION_WAIT_MS = 15_000;
/** Of the progress that is shown, the part of storing. */
const STORING = 0.5;

/** Takes in a photo, sound, video or file; returns its id once its bytes and its row are on this phone. */
export async function addFile(file: File, place: MediaPlace, intake: Intake = {}): Promise<string> {
  const { db, clock } = store();
  const media = intake.id ?? store().newId();
  const files = await import('../capture/files');
  const pieces = file.size <= AT_ONCE_BYTES ? await files.readPieces(media, file) : [];
  if (await db.blobs.get(media)) return media;
  const now = clock.now();
  const position =
    intake.placed !== false && now - file.lastModified < FRESH_MS ? devicePosition(POSITION_WAIT_MS) : null;
  if (pieces.length === 0)
    await files.storePieces(db, media, file, (n) => intake.onProgress?.((STORING * n) / file.size));
  const fields = await fieldsOf(file, place, now);
  const what = { kind: fields.kind, mime: fields.mime, state: 'whole', startedAt: now } as const;
  const chunks = Math.ceil(file.size / CHUNK_BYTES);
  const blob = { ...newBlob(media, place.trip, what), chunks, size: file.size };
  const proves = intake.question
    ? await evidenceWrite(intake.question, { entity: 'media', record: media })
    : [];
  await store().write([{ trip: place.trip, entity: 'media', record: media, fields }, ...proves], {
    also: [db.blobs, db.chunks, db.drafts],
    inside: async () => {
      await db.chunks.bulkPut(pieces);
      await db.blobs.add(blob);
      if (intake.dropDraft !== undefined) await db.drafts.delete(intake.dropDraft);
    },
  });
  intake.onProgress?.(STORING);
  void finishMedia(media, (n) => intake.onProgress?.(STORING + ((1 - STORING) * n) / file.size))
    .catch(() => undefined) // made up for at the next start
    .then(() => position && placeMedia({ id: media, trip: place.trip }, position));
  return media;
}

async function fieldsOf(file: File, place: MediaPlace, now: number) {
  const { trip: _trip, ...where } = place;
  const files = await import('../capture/files');
  const mime = files.mimeOf(file);
  const kind = files.kindOf(mime);
  const what = { ...where, kind, mime, name: clip(file.name, 200), size: file.size };
  if (kind !== 'audio') {
    const taken = file.lastModified > 0 && file.lastModified < now ? file.lastModified : now;
    return { ...what, captured_at: instant(taken) };
  }
  const [durationMs, createdAt] = await Promise.all([files.soundLength(file), files.containerTime(file)]);
  const { name, lastModified } = file;
  const began = files.recordedAt({ name, lastModified, durationMs, createdAt }, now);
  return {
    ...what,
    captured_at: instant(began),
    ...(durationMs === null ? {} : { duration_ms: durationMs }),
  };
}

/** Adds the place once the device knows it, unless the file itself has said it; a capture never waits for it. */
export async function placeMedia(
  media: { id: string; trip: string },
  position: Promise<Position | null>,
): Promise<void> {
  const found = await position;
  const row = await rowById('media', media.id);
  if (found === null || row?.lat !== null) return;
  await store().write([{ trip: media.trip, entity: 'media', record: media.id, fields: { ...found } }]);
}

/** Hash, and place and time from the file itself; done again at the next start if it was cut off. */
export async function finishMedia(media: string, onBytes?: (hashed: number) => void): Promise<void> {
  const { db } = store();
  const blob = await db.blobs.get(media);
  if (!blob || blob.state !== 'whole' || blob.sha256 !== null || blob.freedAt !== null) return;
  const { hashStored } = await import('../capture/hash');
  const sha256 = await hashStored(db, media, onBytes);
  const fields: Fields<'media'> = { sha256, size: blob.size, ...(await factsOf(blob)) };
  await store().write([{ trip: blob.trip, entity: 'media', record: media, fields }], {
    also: [db.blobs],
    inside: () => db.blobs.update(media, { sha256 }),
  });
}

async function factsOf(blob: BlobRow): Promise<Fields<'media'>> {
  const bytes = blob.kind === 'photo' ? await readBlob(store().db, blob.media) : null;
  if (bytes === null) return {};
  const { photoFacts } = await import('../capture/files');
  const { position, takenAt } = await photoFacts(bytes);
  return { ...position, ...(takenAt === null ? {} : { captured_at: takenAt }) };
}

/** Loads what capture needs while the app is fresh: a version taken in another tab would take its files away. */
export async function warmCapture(): Promise<void> {
  await Promise.all([
    import('../capture/files'),
    import('../capture/hash'),
    import('../capture/recorder'),
    import('../capture/alarm'),
  ]);
}

/** Whatever an end of the app left unfinished. */
export async function finishAllMedia(): Promise<void> {
  const { db } = store();
  const whole = await db.blobs.where('state').equals('whole').toArray();
  for (const blob of whole) if (blob.sha256 === null) await finishMedia(blob.media);
  if (await isFree(IMPORT_LOCK)) await dropOrphans(db, store().clock.now());
}

export function liveMedia(id: string): Live<Row<'media'> | null> {
  return live(() => rowById('media', id), null);
}

/** What refers to a recording: photos taken while it ran, and its further parts; in order of time. */
export function livePinned(recording: string): Live<Row<'media'>[]> {
  return live(async () => {
    const rows = await rowsReferring('media', 'recording', recording);
    return rows.sort((a, b) => (a.at_ms ?? 0) - (b.at_ms ?? 0));
  }, []);
}

/** The bytes on this phone: size, upload progress, receipts; null when this phone never had them. */
export function liveBlob(media: string): Live<BlobRow | null> {
  return live(async () => (await store().db.blobs.get(media)) ?? null, null);
}

export interface MediaSource {
  url: string;
  /** False when it comes from the server and needs the network. */
  local: boolean;
  /** Call when it is no longer shown. */
  release: () => void;
}

const nothing = () => undefined;

/** Something to play or show: the bytes of this phone, else the server's playable derivative. */
export async function mediaSource(media: Row<'media'>): Promise<MediaSource> {
  const bytes = await readBlob(store().db, media.id);
  if (bytes !== null) return localSource(bytes);
  const url = media.kind === 'audio' ? playableUrl(media.id) : contentUrl(media.id);
  return { url, local: false, release: nothing };
}

/** A picture for lists. */
export async function thumbnailSource(media: Row<'media'>, size: number): Promise<MediaSource> {
  const bytes = media.kind === 'photo' ? await smallPicture(media.id, size) : null;
  if (bytes !== null) return localSource(bytes);
  return { url: thumbnailUrl(media.id, size), local: false, release: nothing };
}

function localSource(bytes: Blob): MediaSource {
  const url = URL.createObjectURL(bytes);
  return { url, local: true, release: () => URL.revokeObjectURL(url) };
}
