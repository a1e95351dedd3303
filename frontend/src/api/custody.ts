// What the server expects, has and misses of a trip's media, by device.
import type { components } from '../generated/api';
import type { Answer, Http } from './http';

export type Custody = components['schemas']['Custody'];

export const readCustody = (http: Http, trip: string): Promise<Answer<Custody>> =>
  http.send('GET', `/trips/${trip}/custody`);
