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
  sha256: string;
  size: number;
  url: string | null;
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

/** Resolves when the server has answered the last piece: hash verified, stored durably. */
export async function sendByTus(http: Http, file: TusFile): Promise<TusResult> {
  const { Upload: TusUpload } = await import('tus-js-client');
  const headers = http.authorization === null ? {} : { Authorization: http.authorization };
  return new Promise((resolve) => {
    const upload: Upload = new TusUpload(new Blob([]), {
      endpoint: http.origin + uploadsUrl(),
      uploadUrl: file.url,
      uploadSize: file.size,
      chunkSize: PIECE_BYTES,
      headers,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: { trip: file.trip, media: file.media, sha256: file.sha256 },
      fileReader: { openFile: () => Promise.resolve(sourceOf(file)) },
      onBeforeRequest: (request) => {
        if (http.csrf !== null) request.setHeader('X-CSRF-Token', http.csrf);
      },
      onUploadUrlAvailable: () => {
        if (upload.url !== null) file.onUrl(upload.url);
      },
      onProgress: (sent) => file.onProgress(sent),
      onChunkComplete: (_piece, accepted, total) => {
        if (accepted < total && file.pause()) {
          void upload.abort();
          resolve({ ok: false, kind: 'paused' });
        }
      },
      onSuccess: () => resolve({ ok: true }),
      onError: (error) => resolve(readError(error)),
    });
    upload.start();
  });
}

function sourceOf(file: TusFile) {
  return {
    size: file.size,
    slice: async (start: number, end: number) => {
      const to = Math.min(end, file.size);
      const bytes = await file.read(start, to);
      // The library asks every piece for its `size`, as a Blob has it.
      return { value: Object.assign(bytes, { size: bytes.byteLength }), done: to >= file.size };
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
    problem: { code: problemCode(response.getBody(), status), status },
    retryAfterMs: retryAfter(response.getHeader('Retry-After') ?? null),
  };
}

function problemCode(body: string, status: number): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) return String(parsed.code);
  } catch {
    // not our own answer: the status has to do
  }
  return `http_${status}`;
}
