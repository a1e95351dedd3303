// Edit beats delete: a deletion does not count once somebody else has written what it had not seen. Which of the numbers
// it did not see were this device's own, only this device knows; `services/sync/apply.py` asks the same of the log.
import { ENTITIES } from '../generated/entities';
import type { ServerState } from './overlay';
import type { Change } from './rows';

/** The changes of a record, its waiting deletions told whether `pulled` holds anything of others they had not seen. */
export function outrunDeletions(
  changes: readonly Change[],
  before: ServerState | null,
  pulled: ServerState,
): Change[] {
  return changes.map((change) => {
    if (!isWaitingDeletion(change)) return change;
    const own = ownBefore(changes, change);
    const seen = Math.max(change.seen ?? 0, ...own.map(({ seq }) => seq ?? 0));
    const isNews = pulled.seq > Math.max(change.base ?? 0, seen) || isElseChanged(before, pulled, own);
    return { ...change, seen, outrun: change.outrun === true || isNews };
  });
}

/** Without a base it counts whatever was written. */
function isWaitingDeletion(change: Change): boolean {
  return change.deleted && change.state === 'queued' && change.base !== null;
}

function ownBefore(changes: readonly Change[], deletion: Change): Change[] {
  return changes.filter((change) => change.state === 'accepted' && (change.n ?? 0) < (deletion.n ?? 0));
}

/** A colleague's edit may lie below an own one: then a field differs that this device did not write. */
function isElseChanged(before: ServerState | null, pulled: ServerState, own: readonly Change[]): boolean {
  const [was, is] = [before?.row, pulled.row];
  const [change] = own;
  if (!was || !is || !change) return false;
  const written = new Set(own.flatMap(({ fields }) => Object.keys(fields)));
  const values = (row: object) =>
    Object.keys(ENTITIES[change.entity].fields)
      .filter((name) => !written.has(name))
      .map((name) => (row as Record<string, unknown>)[name] ?? null);
  return JSON.stringify(values(was)) !== JSON.stringify(values(is));
}
