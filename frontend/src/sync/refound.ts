// Trips and members that a restored server lacks: the phone of somebody who answers for the trip gives them back.
import type { Failure } from '../api/http';
import type { EntityName, MemberRole } from '../generated/entities';
import type { AnyRow, Row } from '../store/rows';
import { readSetting } from '../store/settings';
import type { Store } from '../store/store';
import type { EngineParts } from './parts';
import { pushBody } from './push';
import { tripBirth } from './restored';

type Parts = Pick<EngineParts, 'api' | 'store'>;

/** A refusal is not asked for again in every round. */
const AGAIN_MS = 3_600_000;
const KEEPERS: readonly MemberRole[] = ['aide', 'principal'];

/**
 * A trip that was known is not there any more. If it began after the backup, its first record goes again, and true
 * says that it is there now; a server that knows it, or that was never restored, refuses that.
 */
export async function foundAgain(parts: Parts, trip: string, { problem }: Failure): Promise<boolean> {
  if (problem.code !== 'trip_unknown') return false;
  const { db, clock } = parts.store;
  const feed = await db.feed.get(trip);
  if ((feed?.foundAt ?? 0) > clock.now() - AGAIN_MS || !(await mayFound(parts.store, trip))) return false;
  const outcome = await pushBirth(parts, trip);
  if (outcome === 'refused') await db.feed.update(trip, { foundAt: clock.now() });
  return outcome === 'founded';
}

async function pushBirth({ api, store }: Parts, trip: string): Promise<'founded' | 'refused' | 'later'> {
  const birth = await tripBirth(store, trip);
  if (birth === null) return 'refused';
  const answer = await api.push(trip, await pushBody(store, [birth]));
  if (!answer.ok) return answer.kind === 'refused' ? 'refused' : 'later';
  return answer.value.results[0]?.status === 'applied' ? 'founded' : 'refused';
}

async function mayFound(store: Store, trip: string): Promise<boolean> {
  const row = await store.db.rows('trip').get(trip);
  return row !== undefined && row.local.seq > 0 && !row.local.deleted && answersFor(store, trip, row);
}

async function answersFor(store: Store, trip: string, row: AnyRow): Promise<boolean> {
  const [me, members] = [await ownUser(store), await rowsOf(store, 'member', trip)];
  if (members.length === 0) return row.created_by === null || row.created_by === me;
  return members.some(({ user, role }) => user === me && KEEPERS.includes(role));
}

async function ownUser(store: Store): Promise<string | null> {
  return (await readSetting<{ id: string } | null>(store.db, 'session.user', null))?.id ?? null;
}

async function rowsOf<E extends EntityName>(store: Store, entity: E, trip: string): Promise<Row<E>[]> {
  const rows = await store.db
    .rows(entity)
    .where('[trip+created_at]')
    .between([trip, ''], [trip, '\uffff'])
    .toArray();
  return rows.filter((row) => !row.local.deleted);
}

/** Members that the full pull did not list: taken in after the backup. */
export async function takeInAgain(parts: Parts, trip: string): Promise<void> {
  const { store } = parts;
  const sweep = (await store.db.feed.get(trip))?.sweep ?? 0;
  const [me, members] = [await ownUser(store), await rowsOf(store, 'member', trip)];
  if (!members.some(({ user, role }) => user === me && KEEPERS.includes(role))) return;
  for (const member of members.filter(({ local }) => local.sweep < sweep)) await takeIn(parts, member, me);
}

/** The next pull lists whoever was taken in; an account that the server has not got is nobody's membership. */
async function takeIn({ api, store }: Parts, member: Row<'member'>, me: string | null): Promise<void> {
  const answer = member.user === me ? null : await api.addMember?.(member.trip, member.user, member.role);
  const isGone = answer === null || (answer?.ok === false && answer.kind === 'refused');
  if (isGone) await store.db.rows('member').delete(member.id);
}
