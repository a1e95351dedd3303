// What the server expects, has and misses of a trip's media, by device; and what this device tells of itself.
import type { components } from '../generated/api';
import type { Answer, Http } from './http';

export type Custody = components['schemas']['Custody'];
export type DeviceCustody = components['schemas']['DeviceCustody'];
export type KindTally = components['schemas']['KindTally'];
export type UnsentReport = components['schemas']['UnsentReport'];

export const readCustody = (http: Http, trip: string): Promise<Answer<Custody>> =>
  http.send('GET', `/trips/${trip}/custody`);

const unsentPath = (trip: string, device: string) => `/trips/${trip}/devices/${device}/unsent`;

export const tellUnsent = (
  http: Http,
  trip: string,
  device: string,
  report: UnsentReport,
): Promise<Answer<unknown>> => http.send('PUT', unsentPath(trip, device), report);

/** The same while the page goes away: nobody hears the answer. */
export const tellUnsentLast = (http: Http, trip: string, device: string, report: UnsentReport): void =>
  http.sendLast('PUT', unsentPath(trip, device), report);
