// The container of a spare copy: a clear header, then frames of AES-256-GCM whose order and end are authenticated
// (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015). Described in docs/spare-copy.md.
import { argon2id } from 'hash-wasm';

import { AppError } from '../../kernel/problem';

export type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = new TextEncoder().encode('SUIXING');
const VERSION = 1;
const FRAME_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const LONGEST_HEADER = 4096;
const KEY_BYTES = 32;
const PREFIX_BYTES = 7;
const KDF = { name: 'argon2id', memoryKiB: 32 * 1024, passes: 3 } as const;
/** A header may not make a phone work for minutes. */
const MOST = { memoryKiB: 256 * 1024, passes: 10 };

interface Header {
  kdf: { name: 'argon2id'; memoryKiB: number; passes: number; salt: string };
  /** First bytes of every nonce. */
  nonce: string;
  /** Tells a wrong passphrase from a damaged file. */
  check: string;
}

/** What opens one copy: made once from the passphrase, for it takes a second. */
export interface OpenedHeader {
  key: CryptoKey;
  prefix: Bytes;
  bound: Bytes;
  /** Where the frames begin. */
  start: number;
}

const toText = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromText = (text: string): Bytes => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Encrypts the pieces; what comes out, one after the other, is the file. */
export async function* seal(
  pieces: AsyncIterable<Uint8Array>,
  passphrase: string,
  random: (length: number) => Uint8Array,
): AsyncGenerator<Bytes> {
  const kdf = { ...KDF, salt: toText(random(16)) };
  const prefix = new Uint8Array(random(PREFIX_BYTES));
  const { key, check } = await derive(passphrase, kdf);
  const header: Header = { kdf, nonce: toText(prefix), check };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array([...MAGIC, VERSION, ...u32(json.length), ...json]);
  yield head;
  const bound = await digest(head);
  let count = 0;
  for await (const { data, last } of frames(pieces)) {
    const algorithm = { name: 'AES-GCM', iv: nonce(prefix, count, last), additionalData: bound };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, data));
    yield new Uint8Array([last ? 1 : 0, ...u32(sealed.length)]);
    yield sealed;
    count += 1;
  }
}

/** Reads the header and makes the key. AppError: copy_not_ours, copy_too_new, copy_truncated, copy_passphrase. */
export async function openHeader(file: Blob, passphrase: string): Promise<OpenedHeader> {
  const fixed = await read(file, 0, MAGIC.length + 5).catch(() => null);
  if (!fixed || !MAGIC.every((letter, n) => fixed[n] === letter)) throw new AppError('copy_not_ours');
  if (fixed[MAGIC.length] !== VERSION) throw new AppError('copy_too_new');
  const length = readU32(fixed, MAGIC.length + 1);
  if (length > LONGEST_HEADER) throw new AppError('copy_damaged');
  const start = fixed.length + length;
  const head = await read(file, 0, start);
  const header = parseHeader(head.subarray(fixed.length));
  const { key, check } = await derive(passphrase, header.kdf);
  if (check !== header.check) throw new AppError('copy_passphrase');
  return { key, prefix: fromText(header.nonce), bound: await digest(head), start };
}

/** The plain bytes, frame by frame. AppError: copy_truncated, copy_damaged. */
export async function* unseal(file: Blob, opened: OpenedHeader): AsyncGenerator<Bytes> {
  let at = opened.start;
  for (let count = 0; ; count += 1) {
    const head = await read(file, at, at + 5);
    const last = head[0] === 1;
    const length = readU32(head, 1);
    if (length > FRAME_BYTES + TAG_BYTES || (head[0] ?? 2) > 1) throw new AppError('copy_damaged');
    const sealed = await read(file, at + 5, at + 5 + length);
    at += 5 + length;
    yield await open(opened, sealed, count, last);
    if (!last) continue;
    if (at !== file.size) throw new AppError('copy_damaged');
    return;
  }
}

async function open(opened: OpenedHeader, sealed: Bytes, count: number, last: boolean): Promise<Bytes> {
  const iv = nonce(opened.prefix, count, last);
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: opened.bound };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, opened.key, sealed));
  } catch {
    throw new AppError('copy_damaged');
  }
}

/** Cuts the pieces into frames of one size; the last one, perhaps empty, is marked. */
async function* frames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ data: Bytes; last: boolean }> {
  let frame = new Uint8Array(FRAME_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length;) {
      if (filled === FRAME_BYTES) {
        yield { data: frame, last: false };
        frame = new Uint8Array(FRAME_BYTES);
        filled = 0;
      }
      const part = piece.subarray(from, from + FRAME_BYTES - filled);
      frame.set(part, filled);
      filled += part.length;
      from += part.length;
    }
  }
  yield { data: frame.slice(0, filled), last: true };
}

async function derive(passphrase: string, kdf: Header['kdf']): Promise<{ key: CryptoKey; check: string }> {
  const made = await argon2id({
    password: passphrase.normalize('NFKC'), // the same characters, typed on another keyboard
    salt: fromText(kdf.salt),
    iterations: kdf.passes,
    memorySize: kdf.memoryKiB,
    parallelism: 1,
    hashLength: KEY_BYTES + 16,
    outputType: 'binary',
  });
  const raw = new Uint8Array(made.subarray(0, KEY_BYTES));
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, check: toText(made.subarray(KEY_BYTES)) };
}

function parseHeader(json: Uint8Array): Header {
  try {
    const header = JSON.parse(new TextDecoder().decode(json)) as Header;
    const { name, memoryKiB, passes, salt } = header.kdf;
    const sane = memoryKiB <= MOST.memoryKiB && passes <= MOST.passes && fromText(salt).length >= 8;
    if (name !== 'argon2id' || !sane || fromText(header.nonce).length !== PREFIX_BYTES) throw new Error();
    return header;
  } catch {
    throw new AppError('copy_damaged');
  }
}

async function read(file: Blob, start: number, end: number): Promise<Bytes> {
  if (end > file.size) throw new AppError('copy_truncated');
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

async function digest(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function nonce(prefix: Bytes, count: number, last: boolean): Bytes {
  return new Uint8Array([...prefix, ...u32(count), last ? 1 : 0]);
}

export function u32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

export function readU32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}
