// The server has lost bytes that it had given a receipt for: whoever still has them sends them again.
import type { PulledRow } from '../api/sync';
import type { SuixingDatabase } from '../store/db';

/** Of the media rows a pull brought, those whose bytes the server misses; `restored` = it may not say so of all. */
export async function reopenLost(
  db: SuixingDatabase,
  rows: readonly PulledRow[],
  restored: boolean,
): Promise<void> {
  const missing = rows.filter((row) => row.entity === 'media' && isMissing(row, restored));
  await reopenBlobs(
    db,
    missing.map((row) => row.record),
  );
}

function isMissing({ fields = {} }: PulledRow, restored: boolean): boolean {
  if (fields['processing'] === 'expected' && fields['problem'] === 'object_missing') return true;
  return restored && (fields['stored_at'] ?? null) === null;
}

export async function reopenBlobs(db: SuixingDatabase, media: string[]): Promise<void> {
  for (const blob of await db.blobs.bulkGet(media)) {
    if (!blob || blob.storedAt === null || blob.freedAt !== null) continue;
    await db.blobs.update(blob.media, { storedAt: null, uploadUrl: null, uploaded: 0, nextAt: 0 });
  }
}
