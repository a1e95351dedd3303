// The camera is another app: while it is open, the system may take ours away. What was meant is kept before it opens.
import { holdLock, isFree } from '../capture/locks';
import type { Draft } from '../store/rows';
import { store } from './context';
import { addFile, type MediaPlace } from './media';
import { recording } from './recording.svelte';

const PREFIX = 'camera:';
/** A draft that stands for an open camera holds no words. */
export const isCamera = (key: string) => key.startsWith(PREFIX);
const releases = new Map<string, () => void>();

/** Where a photo belongs, and the question that it answers, if it was taken for one. */
export interface Aim extends MediaPlace {
  question?: string | undefined;
}

/** Kept before the camera opens; resolves with its key once it lies in the store. */
export async function openCamera(aim: Aim): Promise<string> {
  const { db, clock } = store();
  const key = PREFIX + store().newId();
  releases.set(key, holdLock(key));
  const pinned = recording.pin(clock.now());
  await db.drafts.put({ key, trip: aim.trip, content: { ...aim, ...pinned }, at: clock.now() });
  return key;
}

/** The camera came back without a photo. */
export async function closeCamera(key: string): Promise<void> {
  await store().db.drafts.delete(key);
  release(key);
}

/** Photos as they come from the camera or the picker; each lies on this phone when its promise is kept. */
export async function addPhotos(files: readonly File[], aim: Aim, key: string | null): Promise<void> {
  const { question, ...place } = aim;
  for (const [n, file] of files.entries()) {
    const last = n === files.length - 1;
    const pinned = place.recording ? {} : recording.pin(file.lastModified);
    const intake = { ...(question ? { question } : {}), ...(key !== null && last ? { dropDraft: key } : {}) };
    await addFile(file, { ...place, ...pinned }, intake);
  }
  if (key !== null) release(key);
}

/** Cameras that were open when this app was taken away: their photos have not arrived. */
export async function lostCameras(): Promise<Draft[]> {
  const drafts = await store().db.drafts.where('key').startsWith(PREFIX).toArray();
  const gone = await Promise.all(drafts.map((draft) => isFree(draft.key)));
  return drafts.filter((_, n) => gone[n]);
}

/** Where the photo of a lost camera belongs. */
export function placeOfCamera(draft: Draft): Aim {
  return { ...(draft.content as Omit<Aim, 'trip'>), trip: draft.trip };
}

function release(key: string): void {
  releases.get(key)?.();
  releases.delete(key);
}
