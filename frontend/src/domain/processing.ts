// What the server makes of stored bytes: another try, a new transcript, the loudness of a recording. Network only.
import { processingApi } from '../api/processing';
import { AppError } from '../kernel/problem';
import { requestSync } from '../store/sync-state';
import { store } from './context';
import { http } from './network';

/** Another try of a transcript that failed, or a new revision; people's words stay. */
export async function transcribeAgain(media: string): Promise<void> {
  const answer = await processingApi(http()).transcribe(media);
  if (!answer.ok) throw new AppError(answer.problem);
  await requestSync(store().db, store().clock.now());
}

/** Another try to read bytes that could not be read. */
export async function readAgain(media: string): Promise<void> {
  const answer = await processingApi(http()).retry(media);
  if (!answer.ok) throw new AppError(answer.problem);
  await requestSync(store().db, store().clock.now());
}

/** Loudness over the whole recording, 0 to 1, evenly spaced; null without network or before it is made. */
export async function recordingPeaks(media: string): Promise<number[] | null> {
  const answer = await processingApi(http()).peaks(media);
  return answer.ok ? answer.value.peaks.map((peak) => peak / 255) : null;
}
