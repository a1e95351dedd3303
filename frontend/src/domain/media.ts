// Photos, files and the bytes of recordings: taking them in, finishing them, showing them.
import type { MediaKind } from '../generated/entities';
import { contentUrl, playableUrl, thumbnailUrl } from '../api/urls';
import { photoFacts, storePieces } from '../capture/camera';
import { hashStored } from '../capture/hash';
import { devicePosition } from '../capture/position';
import { instant } from '../kernel/clock';
import { clip } from '../kernel/limits';
import { dropOrphans, newBlob, readBlob } from '../store/blobs';
import { live, type Live } from '../store/live.svelte';
import type { BlobRow, Row } from '../store/rows';
import type { Fields } from '../store/store';
import { store } from './context';
import { rowById } from './rows';

export interface MediaPlace {
  trip: string;
  stop?: string | null;
  forum?: string | null;
  note?: string | null;
  /** The recording that ran while this was taken, and when in it. */
  recording?: string | null;
  at_ms?: number | null;
}

/** Takes in a photo, video or file; returns its id once its bytes and its row are on this phone. */
export async function addFile(file: File, place: MediaPlace): Promise<string> {
  const { db, clock } = store();
  const media = store().newId();
  const kind = mediaKind(file.type);
  const now = clock.now();
  const chunks = await storePieces(db, media, file);
  const { trip, ...where } = place;
  const fields: Fields<'media'> = {
    ...where,
    kind,
    mime: file.type,
    name: clip(file.name, 200),
    size: file.size,
    captured_at: instant(file.lastModified > 0 && kind === 'file' ? file.lastModified : now),
  };
  const blob = {
    ...newBlob(media, trip, { kind, mime: file.type, state: 'whole', startedAt: now }),
    chunks,
    size: file.size,
  };
  await store().write([{ trip, entity: 'media', record: media, fields: fields as Fields<'media'> }], {
    also: [db.blobs],
    inside: () => db.blobs.add(blob),
  });
  void finishMedia(media);
  return media;
}

/** The name that screens use for the camera button; every file is kept as it is. */
export const addPhoto = addFile;

function mediaKind(mime: string): MediaKind {
  if (mime.startsWith('image/')) return 'photo';
  if (mime.startsWith('audio/')) return 'audio';
  return mime.startsWith('video/') ? 'video' : 'file';
}

/** Hash, place and time of stored bytes; done again at the next start if it was cut off. */
export async function finishMedia(media: string): Promise<void> {
  const { db } = store();
  const blob = await db.blobs.get(media);
  if (!blob || blob.state !== 'whole' || blob.sha256 !== null || blob.freedAt !== null) return;
  const sha256 = await hashStored(db, media);
  const fields: Fields<'media'> = { sha256, size: blob.size, ...(await factsOf(blob)) };
  await store().write([{ trip: blob.trip, entity: 'media', record: media, fields }], {
    also: [db.blobs],
    inside: () => db.blobs.update(media, { sha256 }),
  });
}

async function factsOf(blob: BlobRow): Promise<Fields<'media'>> {
  if (blob.kind === 'audio') return {};
  const bytes = blob.kind === 'photo' ? await readBlob(store().db, blob.media) : null;
  if (bytes === null) return { ...(await devicePosition()) };
  const { position, takenAt } = await photoFacts(bytes);
  return { ...position, ...(takenAt === null ? {} : { captured_at: takenAt }) };
}

/** Whatever an end of the app left unfinished. */
export async function finishAllMedia(): Promise<void> {
  const { db } = store();
  const whole = await db.blobs.where('state').equals('whole').toArray();
  for (const blob of whole) if (blob.sha256 === null) await finishMedia(blob.media);
  await dropOrphans(db, store().clock.now());
}

export function liveMedia(id: string): Live<Row<'media'> | null> {
  return live(() => rowById('media', id), null);
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
  const bytes = media.kind === 'photo' ? await readBlob(store().db, media.id) : null;
  if (bytes !== null) return localSource(bytes);
  return { url: thumbnailUrl(media.id, size), local: false, release: nothing };
}

function localSource(bytes: Blob): MediaSource {
  const url = URL.createObjectURL(bytes);
  return { url, local: true, release: () => URL.revokeObjectURL(url) };
}
