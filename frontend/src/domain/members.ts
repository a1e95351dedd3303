// Who is on a trip. Members are read from the synced rows; they change by the server's routes only.
import { identityApi, type InvitationLink } from '../api/identity';
import type { MemberRole } from '../generated/entities';
import { AppError } from '../kernel/problem';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import { readSetting } from '../store/settings';
import { requestSync } from '../store/sync-state';
import { store } from './context';
import { http } from './network';
import { tripRows } from './rows';

export function liveMembers(trip: string): Live<Row<'member'>[]> {
  return live(() => tripRows('member', trip), []);
}

/** The role of whoever uses this device; `aide` on a trip that was made here and not sent yet. */
export function liveMyRole(trip: string): Live<MemberRole | null> {
  return live(async () => {
    const user = await readSetting<{ id: string } | null>(store().db, 'session.user', null);
    const members = await tripRows('member', trip);
    if (members.length === 0) return 'aide';
    return members.find((member) => member.user === user?.id)?.role ?? null;
  }, null);
}

/** Makes an invitation link; needs the network and the role principal or aide. */
export async function inviteMember(trip: string, role: MemberRole): Promise<InvitationLink> {
  const answer = await identityApi(http()).invite(trip, role);
  if (!answer.ok) throw new AppError(answer.problem);
  return answer.value;
}

export async function setMemberRole(member: Row<'member'>, role: MemberRole): Promise<void> {
  const answer = await identityApi(http()).setRole(member.trip, member.id, role);
  if (!answer.ok) throw new AppError(answer.problem);
  await requestSync(store().db, store().clock.now());
}

/** Returns what takes the person in again, in the same role. */
export async function removeMember(member: Row<'member'>): Promise<() => Promise<void>> {
  const { trip, id, user, role } = member;
  const answer = await identityApi(http()).removeMember(trip, id);
  if (!answer.ok) throw new AppError(answer.problem);
  await requestSync(store().db, store().clock.now());
  return async () => {
    const again = await identityApi(http()).addMember(trip, user, role);
    if (!again.ok) throw new AppError(again.problem);
    await requestSync(store().db, store().clock.now());
  };
}
