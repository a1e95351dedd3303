// Recordings that were cut off: made whole at the next start, and told about until somebody has seen it.
import { isFree, recordingLock } from '../capture/locks';
import { live, type Live } from '../store/live.svelte';
import type { BlobRow } from '../store/rows';
import type { Fields } from '../store/store';
import { store } from './context';

/** Makes a whole blob of a recording and says its length in the media row. */
export async function closeRecording(media: string, durationMs: number, recovered: boolean): Promise<void> {
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
  return live(async () => (await store().db.blobs.toArray()).filter((blob) => blob.recovered), []);
}

/** The user has seen it. */
export async function acknowledgeRecovered(media: string): Promise<void> {
  await store().db.blobs.update(media, { recovered: false });
}
