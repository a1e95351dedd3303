// What a spare copy holds, entry by entry: `<json length><payload length><json><payload>`.
import type { EntityName } from '../../generated/entities';
import { AppError } from '../../kernel/problem';
import type { InboxItem } from '../../store/inbox';
import type { ServerState } from '../../store/overlay';
import type { BlobRow, Change, Draft } from '../../store/rows';
import { type Bytes, readU32, u32 } from './crypt';

export interface CopyHead {
  type: 'head';
  /** The phone it was made on, as stamps name it. */
  device: string;
  user: { id: string; name: string } | null;
  /** Unix milliseconds by that phone, and how far that phone was ahead of the server (null = unknown). */
  at: number;
  skew: number | null;
  scope: 'unsent' | 'all';
  records: number;
  files: number;
}

export type CopyEntry =
  | CopyHead
  | { type: 'change'; change: Change }
  | { type: 'row'; entity: EntityName; record: string; trip: string; server: ServerState }
  | { type: 'draft'; draft: Draft }
  /** Comes after its chunks. */
  | { type: 'blob'; blob: BlobRow }
  | { type: 'chunk'; media: string; start: number }
  /** A stretch of a shared file; they come in order, before the item. */
  | { type: 'piece'; shared: string }
  /** What another app handed over and nobody has given a place yet; `size` is null for text. */
  | { type: 'shared'; item: Omit<InboxItem, 'data'>; size: number | null };

export interface Given {
  entry: CopyEntry;
  payload: Bytes;
}

const NOTHING = new Uint8Array(0);
/** No text of ours is longer, and nothing larger is made room for. */
const LONGEST = 256 * 1024 * 1024;

export function pack(entry: CopyEntry, payload: Uint8Array = NOTHING): Uint8Array[] {
  const json = new TextEncoder().encode(JSON.stringify(entry));
  return [new Uint8Array([...u32(json.length), ...u32(payload.length)]), json, payload];
}

/** Entries out of the plain frames. AppError: copy_damaged. */
export async function* unpack(frames: AsyncIterable<Bytes>): AsyncGenerator<Given> {
  const source = new Source(frames[Symbol.asyncIterator]());
  for (;;) {
    const sizes = await source.take(8);
    if (sizes === null) return;
    const json = await source.need(readU32(sizes, 0));
    const payload = await source.need(readU32(sizes, 4));
    yield { entry: parse(json), payload };
  }
}

function parse(json: Uint8Array): CopyEntry {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as CopyEntry;
  } catch {
    throw new AppError('copy_damaged');
  }
}

/** So many bytes at a time, from frames of any size. */
class Source {
  readonly #frames: AsyncIterator<Bytes>;
  #held: Bytes = NOTHING;

  constructor(frames: AsyncIterator<Bytes>) {
    this.#frames = frames;
  }

  async need(length: number): Promise<Bytes> {
    const taken = length === 0 ? NOTHING : await this.take(length);
    if (taken === null) throw new AppError('copy_damaged');
    return taken;
  }

  /** Null at the very end. */
  async take(length: number): Promise<Bytes | null> {
    if (length > LONGEST) throw new AppError('copy_damaged');
    const taken = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#held.length === 0) {
        const next = await this.#frames.next();
        if (next.done && filled === 0) return null;
        if (next.done) throw new AppError('copy_damaged');
        this.#held = next.value;
      }
      const part = this.#held.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#held = this.#held.subarray(part.length);
    }
    return taken;
  }
}
