/** What waits, as lines a reader understands: one per file, one per record with its changes; and why. */
import type { Change, EngineStatus, Feed, Session } from '../../domain';
import { type Reason, type Surroundings, whyNothing } from '../../domain/reasons';
import { age, bytes, clock, problemText, sentences, t } from '../../i18n';
import { ENTITIES, type EntityName } from '../../generated/entities';

export interface RecordItem {
  key: string;
  entity: EntityName;
  record: string;
  trip: string;
  changes: Change[];
  text: string;
}

/** Changes of one record are one line. */
export function recordItems(changes: Change[]): RecordItem[] {
  const items = new Map<string, RecordItem>();
  for (const change of changes) {
    const { entity, record, trip } = change;
    const key = `${entity}/${record}`;
    const item = items.get(key) ?? { key, entity, record, trip, changes: [], text: '' };
    item.changes.push(change);
    item.text ||= wordsOf(change);
    items.set(key, item);
  }
  return [...items.values()];
}

/** The words in a change that a reader knows it by. */
export function wordsOf(change: Change): string {
  for (const field of ['text', 'title', 'name', 'place']) {
    const value = change.fields[field];
    if (typeof value === 'string' && value) return value;
  }
  return '';
}

/** The fields of a refused change that can be put right by typing. */
export function textFields(change: Change): string[] {
  const specs = ENTITIES[change.entity].fields;
  return Object.keys(change.fields).filter(
    (field) => typeof change.fields[field] === 'string' && specs[field]?.limit,
  );
}

export interface Situation {
  now: number;
  status: EngineStatus;
  session: Session;
  feeds: Feed[];
  online: boolean;
}

/** What reasons are read from, for things of one trip. */
export function around(situation: Situation, trip: string): Surroundings {
  const { now, status, session, feeds, online } = situation;
  const held = session.user === null ? 'never' : session.expired ? 'ended' : 'held';
  return { now, online, status, session: held, feed: feeds.find((feed) => feed.trip === trip) ?? null };
}

export function signedOut({ session }: Situation): boolean {
  return session.user === null || session.expired;
}

/** Why all of it waits, and when it goes on. */
export function whyAll(situation: Situation): string {
  const { status, now } = situation;
  const [deepest] = whyNothing(around(situation, ''));
  if (deepest && !signedOut(situation))
    return sentences([reasonText(deepest, now), nextText(status.nextTry)]);
  if (deepest) return reasonText(deepest, now);
  if (['pushing', 'pulling', 'uploading'].includes(status.state)) return t('sync.reason.sending');
  return t('sync.reason.queue');
}

/** A reason as a sentence. */
export function reasonText({ code, since, problem, percent = 0 }: Reason, now: number): string {
  const long = since !== null && since !== undefined && now - since > 60_000;
  return t(`why.${code}`, {
    what: problemText(problem?.code),
    since: long ? t('why.since', { age: age(since, now) }) : '',
    limit: problem?.limit ? t('why.limitIs', { limit: bytes(problem.limit) }) : '',
    percent,
  });
}

export function nextText(nextTry: number | null): string {
  return nextTry === null ? '' : t('why.next', { time: timeOf(nextTry) });
}

/** To the second while it is near: "11:32:05". */
function timeOf(ms: number): string {
  const time = clock(new Date(ms).toISOString());
  return `${time}:${String(new Date(ms).getSeconds()).padStart(2, '0')}`;
}
