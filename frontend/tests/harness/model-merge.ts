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

interface Account {
  value: unknown;
  by: string | null;
  at: string | null;
  device: string;
  seq: number;
}

interface Writer {
  user: string;
  device: string;
}

/** Lays the change on the record; `seq` is the one that it gets if anything of it stands. */
export function judgeChange(record: ModelRecord, change: WireChange, writer: Writer, seq: number): Verdict {
  const fresh = record.seq === 0;
  const { stood, contests } = layFields(record, change, writer, seq);
  const turned = turnDeletion(record, change, othersSeqOf(record, writer.device));
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
    const isOpen = name in record.contested;
    const mine = { value, by: writer.user, at: instantOf(change.hlc), device: writer.device, seq };
    if (verdict.contests || (verdict.stands && isOpen)) bringAccounts(record, name, change, mine);
    contests ||= verdict.contests;
    if (!verdict.stands) continue;
    stood.push(name);
    record.fields[name] = value;
    record.stamps[name] = { hlc: change.hlc, seq, device: writer.device, user: writer.user };
  }
  return { stood, contests };
}

/** Deletes or revives; true when the change has a say in that. */
function turnDeletion(record: ModelRecord, change: WireChange, othersSeq: number): boolean {
  const counts = change.base === undefined || change.base >= othersSeq;
  const turns = change.deleted === true ? counts : record.deleted;
  if (turns) record.deleted = change.deleted === true;
  return turns;
}

/** The last number at which another device wrote what stands or is still to be settled. */
function othersSeqOf(record: ModelRecord, device: string): number {
  const told = [...Object.values(record.stamps), ...Object.values(record.contested).flat()] as Account[];
  return Math.max(0, ...told.filter((one) => one.device !== device).map((one) => one.seq));
}

interface FieldVerdict {
  stands: boolean;
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
  if (held === undefined) return { stands: true, contests: false };
  if (change.base !== undefined && change.base >= held.seq) {
    return { stands: true, contests: false };
  }
  const differs = JSON.stringify(value) !== JSON.stringify(record.fields[name]);
  const contests = change.base !== undefined && held.device !== device && differs;
  return { stands: !differs || change.hlc > held.hlc, contests };
}

/** What is still to be settled: the accounts that this write had not seen, and its own. */
function bringAccounts(record: ModelRecord, name: string, change: WireChange, mine: Account): void {
  const held = (record.contested[name] as Account[] | undefined) ?? presentOf(record, name);
  const { [name]: _, ...others } = record.contested;
  const left = held.filter(
    (one) =>
      JSON.stringify(one.value) !== JSON.stringify(mine.value) &&
      one.device !== mine.device &&
      (change.base === undefined || one.seq > change.base),
  );
  record.contested = left.length > 0 ? { ...others, [name]: [...left, mine] } : others;
}

function presentOf(record: ModelRecord, name: string): Account[] {
  const held = record.stamps[name];
  if (held === undefined) return [];
  const { hlc, seq, device, user } = held;
  return [{ value: record.fields[name], by: user, at: instantOf(hlc), device, seq }];
}

function instantOf(hlc: string): string {
  return new Date(Number(hlc.slice(0, 13))).toISOString();
}
