// What the server expects, has and misses of a trip's media, by device.
import type { Answer, Http } from './http';

export interface CustodyItem {
  media: string;
  device: string | null;
  size: number | null;
  state: 'expected' | 'stored' | 'missing';
}

export interface Custody {
  expected: number;
  stored: number;
  missing: number;
  items: CustodyItem[];
}

export const readCustody = (http: Http, trip: string): Promise<Answer<Custody>> =>
  http.send('GET', `/trips/${trip}/custody`);
