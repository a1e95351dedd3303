// Who uses this device: signing in and out, the first account, invitation links. Without network nothing here
// is needed to capture or to read; an ended session only stops sending.
import {
  identityApi,
  type InvitationOpened,
  type Joined,
  type NewAccount,
  type SessionShown,
  type User,
} from '../api/identity';
import type { Answer } from '../api/http';
import { AppError } from '../kernel/problem';
import { live, type Live } from '../store/live.svelte';
import { readSetting, writeSetting } from '../store/settings';
import { requestSync } from '../store/sync-state';
import { store } from './context';
import { http } from './network';
import { inbox } from '../store/inbox';
import { isUnsent } from './outbox';

export type { InvitationOpened, Joined, NewAccount, User };

export interface Session {
  user: User | null;
  /** True when the server no longer accepts the session: sending waits for a new sign-in. */
  expired: boolean;
}

const USER = 'session.user';
const EXPIRED = 'session.expired';
const NOBODY: Session = { user: null, expired: false };

export function liveSession(): Live<Session> {
  return live(async () => {
    const { db } = store();
    return {
      user: await readSetting<User | null>(db, USER, null),
      expired: await readSetting<boolean>(db, EXPIRED, false),
    };
  }, NOBODY);
}

/** Throws AppError: the server's codes, offline, other_user (somebody else's unsent work is on this device). */
export async function signIn(email: string, password: string): Promise<User> {
  const owner = await readSetting<User | null>(store().db, USER, null);
  // Another person's sign-in begins a new device once this one is emptied; its first push names that.
  const isOwner = owner === null || owner.email.toLowerCase() === email.trim().toLowerCase();
  const device = isOwner ? await store().device() : null;
  return enter(await identityApi(http()).signIn(email, password, device));
}

/** The first account of a new server, by the one-time link `/setup?token=…`. */
export async function createFirstAccount(token: string, account: NewAccount): Promise<User> {
  return enter(await identityApi(http()).setUp(token, account));
}

/** Whether the one-time link still makes the first account. */
export async function checkSetupLink(token: string): Promise<boolean> {
  return valueOf(await identityApi(http()).checkSetup(token)).valid;
}

/** What an invitation link leads to; needs no account. */
export async function openInvitation(token: string): Promise<InvitationOpened> {
  return valueOf(await identityApi(http()).openInvitation(token));
}

/** Joins a trip by an invitation link; `account` is null for whoever is signed in already. */
export async function acceptInvitation(token: string, account: NewAccount | null): Promise<Joined> {
  const answer = await identityApi(http()).acceptInvitation(token, account);
  await enter(answer);
  const joined = valueOf(answer);
  await writeSetting(store().db, 'current.trip', joined.trip);
  return joined;
}

/** Every other browser of this user is signed out. */
export async function changePassword(old: string, fresh: string): Promise<void> {
  valueOf(await identityApi(http()).changePassword(old, fresh));
}

/** Ends the session; what is on this device stays, also what was not sent. */
export async function signOut(): Promise<void> {
  const answer = await identityApi(http()).signOut();
  if (!answer.ok && answer.kind !== 'refused') throw new AppError(answer.problem);
  http().csrf = null;
  await writeSetting(store().db, EXPIRED, true);
}

/** Asks the server whether the session still holds; without network the last answer stands. */
export async function checkSession(): Promise<void> {
  const answer = await identityApi(http()).session();
  if (answer.ok && answer.value.erase && !(await hasUnsent())) await eraseDevice();
  else if (answer.ok) await remember(answer.value);
  else if (answer.problem.status === 401) await writeSetting(store().db, EXPIRED, true);
}

function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new AppError(answer.problem);
  return answer.value;
}

async function enter(answer: Answer<SessionShown>): Promise<User> {
  const shown = valueOf(answer);
  await remember(shown);
  await requestSync(store().db, store().clock.now());
  return shown.user;
}

async function remember({ user, csrf }: SessionShown): Promise<void> {
  await takeOver(user);
  http().csrf = csrf;
  await writeSetting(store().db, USER, user);
  await writeSetting(store().db, EXPIRED, false);
}

/** Another person on this device: their predecessor's rows go, unless some of them were never sent. */
async function takeOver(user: User): Promise<void> {
  const { db } = store();
  const owner = await readSetting<User | null>(db, USER, null);
  if (owner === null || owner.id === user.id) return;
  if (await hasUnsent()) {
    await identityApi(http()).signOut();
    throw new AppError('other_user');
  }
  await eraseDevice();
}

export async function hasUnsent(): Promise<boolean> {
  const { db } = store();
  const changes = await db.outbox.filter(isUnsent).count();
  const blobs = await db.blobs.filter((blob) => blob.storedAt === null).count();
  return changes + blobs + (await inbox().items.count()) > 0;
}

/** Empties this device. Throws AppError('unsent') unless everything was sent or `unsentToo` is said. */
export async function eraseDevice(unsentToo = false): Promise<void> {
  if (!unsentToo && (await hasUnsent())) throw new AppError('unsent');
  const { db } = store();
  await db.transaction('rw', db.tables, async () => {
    for (const table of db.tables) await table.clear();
  });
  await inbox().items.clear();
}
