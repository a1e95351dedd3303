// What other apps shared and nobody has given a place yet, in a spare copy and out of it again.
import { inbox, type InboxItem } from '../../store/inbox';
import { store } from '../context';
import { type CopyEntry, pack } from './entries';

type Told = Extract<CopyEntry, { type: 'shared' }>;

const PIECE_BYTES = 1024 * 1024;

/** Items as entries: the bytes of a file in pieces, then what it is. */
export function* packShared(items: readonly InboxItem[]): Generator<Uint8Array> {
  for (const { data, ...item } of items) {
    const bytes = data === null ? new Uint8Array(0) : new Uint8Array(data);
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      yield* pack({ type: 'piece', shared: item.id }, bytes.subarray(start, start + PIECE_BYTES));
    }
    yield* pack({ type: 'shared', item, size: data === null ? null : bytes.length });
  }
}

/** Gathers the items of one copy; they go into the inbox together. */
export class SharedItems {
  readonly items: InboxItem[] = [];
  #pieces: Uint8Array<ArrayBuffer>[] = [];

  piece(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
  }

  end({ item, size }: Told): void {
    const pieces = this.#pieces;
    this.#pieces = [];
    const data = size === null ? null : new Uint8Array(size);
    let filled = 0;
    for (const piece of data === null ? [] : pieces) {
      data?.set(piece, filled);
      filled += piece.length;
    }
    this.items.push({ ...item, data: data?.buffer ?? null });
  }

  /** Those that neither wait here already nor have become a record of their id. */
  async keep(): Promise<InboxItem[]> {
    const fresh: InboxItem[] = [];
    for (const item of this.items) if (!(await isHere(item))) fresh.push(item);
    await inbox().items.bulkPut(fresh);
    return fresh;
  }
}

async function isHere({ id, data }: InboxItem): Promise<boolean> {
  if (await inbox().items.get(id)) return true;
  return (
    (await store()
      .db.table(data === null ? 'note' : 'media')
      .get(id)) !== undefined
  );
}
