// What was heard of an organisation on this trip against what was heard on the reader's earlier ones.
import type { components } from '../generated/api';
import type { Answer, Http } from './http';

export type EarlierAccount = components['schemas']['EarlierAccount'];
export type EarlierShown = components['schemas']['EarlierShown'];

export const readEarlier = (http: Http, trip: string, unit: string): Promise<Answer<EarlierShown[]>> =>
  http.send('GET', `/trips/${trip}/units/${unit}/earlier`);
