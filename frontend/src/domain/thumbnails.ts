// Small pictures of the photos on this phone. A list that decoded the originals would hold twelve megapixels for each row
// and decode them again at every change; so each is made small once and kept while the app is open.
import { readBlob } from '../store/blobs';
import { store } from './context';

/** A picture this small is its own. */
const SMALL_BYTES = 30_000;
const KEPT = 300;

const made = new Map<string, Promise<Blob | null>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Of a photo whose bytes are on this phone, `width` pixels across; null when they are not here. What cannot be made small
 * is given as it is.
 */
export function smallPicture(media: string, width: number): Promise<Blob | null> {
  const key = `${media}/${width}`;
  const known = made.get(key);
  if (known) return known;
  // one after the other: each holds a whole decoded photo for a moment
  const making = last.then(() => make(media, width));
  last = making.catch(() => undefined);
  keep(key, making);
  return making;
}

function keep(key: string, making: Promise<Blob | null>): void {
  made.set(key, making);
  const [oldest] = made.keys();
  if (made.size > KEPT && oldest !== undefined) made.delete(oldest);
  // bytes that are not here yet may come, and those that were may be freed
  making.then(
    (bytes) => bytes ?? made.delete(key),
    () => made.delete(key),
  );
}

async function make(media: string, width: number): Promise<Blob | null> {
  const bytes = await readBlob(store().db, media);
  if (bytes === null || bytes.size <= SMALL_BYTES) return bytes;
  return shrink(bytes, width).catch(() => bytes);
}

/** Throws where the browser cannot decode it (HEIC outside of Safari) or has no canvas off the page. */
async function shrink(bytes: Blob, width: number): Promise<Blob> {
  const bitmap = await createImageBitmap(bytes, { resizeWidth: width, resizeQuality: 'medium' });
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    return await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
  } finally {
    bitmap.close();
  }
}
