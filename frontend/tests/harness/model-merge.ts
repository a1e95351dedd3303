// The protocol's section on merging, for one accepted change on one record.
import type { PulledRow, PushResult, WireChange } from '../../src/api/sync';
import type { EntityName } from '../../src/generated/entities';

export interface FieldStamp {
  hlc: string;
  seq: number;
  device: string;
  user: string;
}

export interface ModelRecord {
  entity: EntityName;
  record: string;
  author: string;
  seq: number;
  deleted: boolean;
  fields: Record<string, unknown>;
  stamps: Record<string, FieldStamp>;
  contested: NonNullable<PulledRow['contested']>;
  /** What each long text was at each seq that changed it. */
  texts: Record<string, [number, string][]>;
}

interface Verdict {
  status: PushResult['status'];
  stood: string[];
  /** The record gets a new seq, because readers see something else. */
  moves: boolean;
}

interface Writer {
  user: string;
  device: string;
}

/** Lays the change on the record; `seq` is the one that it gets if anything of it stands. */
export function judgeChange(record: ModelRecord, change: WireChange, writer: Writer, seq: number): Verdict {
  const fresh = record.seq === 0;
  const { stood, contests } = layFields(record, change, writer, seq);
  const turned = turnDeletion(record, change);
  const lost = Object.keys(change.fields).length - stood.length;
  const stands = fresh || turned || stood.length > 0;
  if (!stands && (lost > 0 || change.deleted)) return { status: 'superseded', stood, moves: contests };
  return { status: lost > 0 ? 'merged' : 'applied', stood, moves: true };
}

function layFields(record: ModelRecord, change: WireChange, writer: Writer, seq: number) {
  const stood: string[] = [];
  let contests = false;
  for (const [name, value] of Object.entries(change.fields)) {
    const verdict = judgeField(record, name, value, change, writer.device);
    if (verdict.settles) record.contested = without(record.contested, name);
    if (verdict.contests) contest(record, name, value, { by: writer.user, hlc: change.hlc });
    contests ||= verdict.contests;
    if (!verdict.stands) continue;
    stood.push(name);
    record.fields[name] = value;
    record.stamps[name] = { hlc: change.hlc, seq, device: writer.device, user: writer.user };
  }
  return { stood, contests };
}

/** Deletes or revives; true when the record changed in that. */
function turnDeletion(record: ModelRecord, change: WireChange): boolean {
  const counts = change.base === undefined || change.base >= record.seq;
  const turns = change.deleted === true ? counts : record.deleted;
  if (turns) record.deleted = change.deleted === true;
  return turns;
}

function without<V>(all: Record<string, V>, name: string): Record<string, V> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}

interface FieldVerdict {
  stands: boolean;
  settles: boolean;
  contests: boolean;
}

function judgeField(
  record: ModelRecord,
  name: string,
  value: unknown,
  change: WireChange,
  device: string,
): FieldVerdict {
  const held = record.stamps[name];
  if (held === undefined) return { stands: true, settles: false, contests: false };
  if (change.base !== undefined && change.base >= held.seq) {
    return { stands: true, settles: true, contests: false };
  }
  const differs = JSON.stringify(value) !== JSON.stringify(record.fields[name]);
  const contests = change.base !== undefined && held.device !== device && differs;
  return { stands: !differs || change.hlc > held.hlc, settles: false, contests };
}

/** Each value once, oldest known first. */
function contest(record: ModelRecord, name: string, value: unknown, from: { by: string; hlc: string }): void {
  const held = record.stamps[name];
  const present = {
    value: record.fields[name],
    by: held?.user ?? null,
    at: instantOf(held?.hlc ?? from.hlc),
  };
  const accounts = [...(record.contested[name] ?? [present])];
  for (const one of [present, { value, by: from.by, at: instantOf(from.hlc) }]) {
    const known = accounts.some(({ value: had }) => JSON.stringify(had) === JSON.stringify(one.value));
    if (!known) accounts.push(one);
  }
  record.contested[name] = accounts;
}

function instantOf(hlc: string): string {
  return new Date(Number(hlc.slice(0, 13))).toISOString();
}
