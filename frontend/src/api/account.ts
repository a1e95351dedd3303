// One's own devices and tokens, and the past of a record.
import type { Answer, Http } from './http';

export interface DeviceInfo {
  id: string;
  name: string;
  first_seen: string;
  last_seen: string;
  revoked_at: string | null;
}

export interface TokenInfo {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

/** One value that a field once had; `stood` is false when it lost against another. */
export interface PastValue {
  seq: number | null;
  change: string;
  device: string;
  by: string | null;
  at: string;
  field: string;
  value: unknown;
  stood: boolean;
}

export const accountApi = (http: Http) => ({
  devices: (): Promise<Answer<DeviceInfo[]>> => http.send('GET', '/devices'),
  revokeDevice: (id: string): Promise<Answer<DeviceInfo>> =>
    http.send('DELETE', `/devices/${encodeURIComponent(id)}`),
  tokens: (): Promise<Answer<TokenInfo[]>> => http.send('GET', '/tokens'),
  makeToken: (name: string): Promise<Answer<TokenInfo & { token: string }>> =>
    http.send('POST', '/tokens', { name }),
  revokeToken: (id: string): Promise<Answer<null>> =>
    http.send('DELETE', `/tokens/${encodeURIComponent(id)}`),
  history: (trip: string, entity: string, record: string): Promise<Answer<PastValue[]>> =>
    http.send('GET', `/trips/${trip}/history/${entity}/${record}`),
});
