// SHA-256 of stored bytes, chunk by chunk in a worker, so that the page never stops and memory stays small.
import { readChunks } from '../store/blobs';
import type { SuixingDatabase } from '../store/db';

export type HashRequest = { type: 'chunk'; data: ArrayBuffer } | { type: 'end' };
export type HashAnswer = { type: 'next' } | { type: 'hash'; sha256: string };

/** `onBytes` hears how many bytes are done. */
export async function hashStored(
  db: SuixingDatabase,
  media: string,
  onBytes: (hashed: number) => void = () => undefined,
): Promise<string> {
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  try {
    await answer(worker);
    let hashed = 0;
    for await (const data of readChunks(db, media)) {
      hashed += data.byteLength; // before it is handed over, for then it is empty here
      await ask(worker, { type: 'chunk', data }, [data]);
      onBytes(hashed);
    }
    const last = await ask(worker, { type: 'end' }, []);
    if (last.type !== 'hash') throw new Error('the hash worker ended without a hash');
    return last.sha256;
  } finally {
    worker.terminate();
  }
}

function ask(worker: Worker, message: HashRequest, transfer: Transferable[]): Promise<HashAnswer> {
  const answered = answer(worker);
  worker.postMessage(message, transfer);
  return answered;
}

function answer(worker: Worker): Promise<HashAnswer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<HashAnswer>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message || 'the hash worker failed to start'));
  });
}
