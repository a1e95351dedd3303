// Asking the server to make something of stored bytes again, and the loudness it read from them.
import type { Answer, Http } from './http';

export interface PeaksShown {
  bucket_ms: number;
  /** 0 to 255, one per bucket. */
  peaks: number[];
}

export const processingApi = (http: Http) => ({
  transcribe: (media: string): Promise<Answer<unknown>> => http.send('POST', `/media/${media}/transcribe`),
  retry: (media: string): Promise<Answer<unknown>> => http.send('POST', `/media/${media}/retry`),
  peaks: (media: string): Promise<Answer<PeaksShown>> => http.send('GET', `/media/${media}/peaks`),
});
