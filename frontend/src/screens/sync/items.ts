/** What waits, as lines a reader understands: one per file, one per record with its changes. */
import type { BlobRow, Change, EngineStatus, Row, Session } from '../../domain';
import { clock, t } from '../../i18n';
import { ENTITIES, type EntityName } from '../../generated/entities';

export interface RecordItem {
  key: string;
  entity: EntityName;
  record: string;
  changes: number;
  text: string;
}

/** Changes of one record are one line. */
export function recordItems(changes: Change[]): RecordItem[] {
  const items = new Map<string, RecordItem>();
  for (const change of changes) {
    const key = `${change.entity}/${change.record}`;
    const item = items.get(key) ?? {
      key,
      entity: change.entity,
      record: change.record,
      changes: 0,
      text: '',
    };
    item.changes += 1;
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
  status: EngineStatus;
  session: Session;
}

function offline({ status }: Situation): boolean {
  return status.problem?.code === 'offline';
}

export function signedOut({ session }: Situation): boolean {
  return session.user === null || session.expired;
}

/** Why all of it waits, and when it goes on. */
export function whyAll(situation: Situation): string {
  const { status } = situation;
  if (signedOut(situation))
    return t(situation.session.user ? 'sync.reason.signIn' : 'sync.reason.signInFirst');
  if (offline(situation)) return t('sync.reason.offline');
  if (status.problem?.code === 'client_too_old') return t('sync.reason.update');
  if (['pushing', 'pulling', 'uploading'].includes(status.state)) return t('sync.reason.sending');
  if (status.nextTry !== null) return t('sync.reason.server', { time: timeOf(status.nextTry) });
  return t('sync.reason.queue');
}

function signInWords({ session }: Situation): string {
  return t(session.user ? 'sync.why.signIn' : 'sync.why.signInFirst');
}

export function percentOf(blob: BlobRow): number {
  return blob.size > 0 ? Math.floor((blob.uploaded / blob.size) * 100) : 0;
}

/** Why one file waits. */
export function whyBlob(blob: BlobRow, situation: Situation): string {
  const n = percentOf(blob);
  if (blob.state === 'writing') return t('sync.why.recording');
  if (signedOut(situation)) return signInWords(situation);
  if (situation.status.media === blob.media && situation.status.state === 'uploading') {
    return n >= 100 ? t('sync.why.checking') : t('sync.why.sending', { n });
  }
  if (offline(situation)) return t('sync.why.offline');
  if (blob.sha256 === null) return t('sync.why.hashing');
  if (blob.nextAt > Date.now()) {
    const time = timeOf(blob.nextAt);
    return n > 0 ? t('sync.why.broken', { n, time }) : t('sync.why.retry', { time });
  }
  return t('sync.why.queued');
}

/** Why the changes of one record wait. */
export function whyRecord(situation: Situation): string {
  const { status } = situation;
  if (signedOut(situation)) return signInWords(situation);
  if (offline(situation)) return t('sync.why.offline');
  return status.nextTry === null
    ? t('sync.why.queued')
    : t('sync.why.retry', { time: timeOf(status.nextTry) });
}

export type MediaRow = Row<'media'>;

function timeOf(ms: number): string {
  return clock(new Date(ms).toISOString());
}
