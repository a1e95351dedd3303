// What only the server knows and nobody needs offline: devices, tokens, the past of a record. All need the
// network and throw AppError with the server's code, `offline` without one.
import { accountApi, type DeviceInfo, type PastValue, type TokenInfo } from '../api/account';
import type { Answer } from '../api/http';
import type { EntityName } from '../generated/entities';
import { AppError } from '../kernel/problem';
import { store } from './context';
import { http } from './network';

export type { DeviceInfo, PastValue, TokenInfo };

async function value<T>(answer: Promise<Answer<T>>): Promise<T> {
  const given = await answer;
  if (!given.ok) throw new AppError(given.problem);
  return given.value;
}

export function listDevices(): Promise<DeviceInfo[]> {
  return value(accountApi(http()).devices());
}

export function revokeDevice(id: string): Promise<DeviceInfo> {
  return value(accountApi(http()).revokeDevice(id));
}

/** The name under which this installation pushes. */
export function thisDevice(): Promise<string> {
  return store().device();
}

export function listTokens(): Promise<TokenInfo[]> {
  return value(accountApi(http()).tokens());
}

/** The text of the token is in this answer and nowhere else. */
export function makeToken(name: string): Promise<TokenInfo & { token: string }> {
  return value(accountApi(http()).makeToken(name));
}

export async function revokeToken(id: string): Promise<void> {
  await value(accountApi(http()).revokeToken(id));
}

/** Every value ever written to a record, newest first. */
export async function fetchHistory(
  row: { id: string; trip: string },
  entity: EntityName,
): Promise<PastValue[]> {
  const past = await value(accountApi(http()).history(row.trip, entity, row.id));
  return past.reverse();
}
