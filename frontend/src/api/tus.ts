// Resumable uploads by tus 1.0. The address of an upload is kept by the caller, so a reload resumes it from the
// server's own offset. The bytes are read piece by piece from the store.
import type { DetailedError, Upload } from 'tus-js-client';

import type { Problem } from '../kernel/problem';
import { type Http, retryAfter } from './http';
import { uploadsUrl } from './urls';

/** Small enough for a weak link and a small memory; the server keeps partial pieces too. */
const PIECE_BYTES = 1024 * 1024;

export interface TusFile {
  media: string;
  trip: string;
  /** Empty while it still grows. */
  sha256: string;
  /** All of it, or as much as there is by now. */
  size: number;
  /** `growing`: ends with what there is. `deferred`: begun as growing, its length goes with the last piece. */
  length: 'known' | 'growing' | 'deferred';
  url: string | null;
  /** An earlier try came to nothing: the server may have a part, and is asked before a byte is sent again. */
  tried: boolean;
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  onUrl(url: string): void;
  onProgress(uploaded: number): void;
  /** Asked after each piece; true = stop here, to go on from this offset later. */
  pause(): boolean;
}

export type TusResult =
  | { ok: true }
  | { ok: false; kind: 'paused' }
  | { ok: false; kind: 'offline' | 'busy' | 'refused'; problem: Problem; retryAfterMs: number | null };

/** The server has more of it than this phone, which lost its last seconds: what is there is sent anew. */
const TOO_LONG = 'upload_length';

/** Resolves when the server has answered the last piece: hash verified, stored durably. */
export async function sendByTus(http: Http, file: TusFile): Promise<TusResult> {
  const { Upload: TusUpload } = await import('tus-js-client');
  const headers = http.authorization === null ? {} : { Authorization: http.authorization };
  return new Promise((resolve) => {
    const stop = () => {
      void upload.abort();
      resolve({ ok: false, kind: 'paused' });
    };
    const upload: Upload = new TusUpload(new Blob([]), {
      endpoint: http.origin + uploadsUrl(),
      uploadUrl: file.url,
      ...(file.length === 'known' ? { uploadSize: file.size } : { uploadLengthDeferred: true }),
      chunkSize: PIECE_BYTES,
      uploadDataDuringCreation: isOneRequest(file),
      headers,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: metadataOf(file),
      fileReader: { openFile: () => Promise.resolve(sourceOf(file, stop)) },
      onBeforeRequest: (request) => {
        if (http.csrf !== null) request.setHeader('X-CSRF-Token', http.csrf);
      },
      onUploadUrlAvailable: () => {
        if (upload.url !== null) file.onUrl(upload.url);
      },
      onProgress: (sent) => file.onProgress(sent),
      onChunkComplete: (_piece, accepted) => {
        file.onProgress(accepted);
        const all = accepted >= file.size;
        if (all ? file.length === 'growing' : file.pause()) stop();
      },
      onSuccess: () => resolve({ ok: true }),
      onError: (error) => {
        const result = readError(error);
        if (isTooLong(result)) void upload.abort(true).catch(() => undefined);
        resolve(result);
      },
    });
    upload.start();
  });
}

/** A file of one piece goes with its announcement: half the requests, and half of what a photo costs the server. */
export function isOneRequest({ length, size, tried }: Pick<TusFile, 'length' | 'size' | 'tried'>): boolean {
  return length === 'known' && size > 0 && size <= PIECE_BYTES && !tried;
}

function isTooLong(result: TusResult): boolean {
  return !result.ok && 'problem' in result && result.problem.code === TOO_LONG;
}

function metadataOf({ trip, media, sha256 }: TusFile): Record<string, string> {
  return { trip, media, ...(sha256 === '' ? {} : { sha256 }) };
}

function sourceOf(file: TusFile, stop: () => void) {
  return {
    size: file.size,
    slice: async (start: number, end: number) => {
      const to = Math.min(end, file.size);
      if (file.length === 'growing' && start >= to) {
        stop();
        throw new Error('nothing new by now'); // ends this request before it is sent; nobody hears it
      }
      const bytes = await file.read(start, to);
      // The library asks every piece for its `size`, as a Blob has it.
      const done = file.length !== 'growing' && to >= file.size;
      return { value: Object.assign(bytes, { size: bytes.byteLength }), done };
    },
    close: () => undefined,
  };
}

function readError(error: Error | DetailedError): TusResult {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) {
    return {
      ok: false,
      kind: 'offline',
      problem: { code: 'offline', detail: error.message },
      retryAfterMs: null,
    };
  }
  const status = response.getStatus();
  const busy = status === 429 || status >= 500;
  return {
    ok: false,
    kind: busy ? 'busy' : 'refused',
    problem: problemOf(response.getBody(), status),
    retryAfterMs: retryAfter(response.getHeader('Retry-After') ?? null),
  };
}

/** The server's own words with its figures; of a proxy's page only the status. */
function problemOf(body: string, status: number): Problem {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) {
      return { ...(parsed as Problem), code: String(parsed.code), status };
    }
  } catch {
    // not our own answer: the status has to do
  }
  return { code: `http_${status}`, status };
}
