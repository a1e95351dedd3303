// A small server that keeps the rules of docs/sync-protocol.md, for devices under fault. Written from the protocol,
// not from the server's code: where the two differ, one of them is wrong.
import type { Answer } from '../../src/api/http';
import type { PulledRow, PullAnswer, PushAnswer, PushBody, PushResult, WireChange } from '../../src/api/sync';
import { ENTITIES, type EntityName } from '../../src/generated/entities';
import { latest } from '../../src/kernel/hlc';
import { initialFields } from '../../src/store/overlay';
import { correctStamps } from './model-clock';
import { type FieldStamp, judgeChange, type ModelRecord } from './model-merge';

export type Role = 'aide' | 'companion' | 'viewer';

interface Member {
  role: Role | null;
  /** When the membership ended, server milliseconds. */
  endedAt: number | null;
}

export interface LogEntry {
  change: WireChange;
  user: string;
  device: string;
  seq: number | null;
  stood: string[];
}

const TRIP_UNKNOWN = { code: 'trip_unknown', status: 404 };

export class ModelServer {
  readonly trip: string;
  readonly records = new Map<string, ModelRecord>();
  readonly log = new Map<string, LogEntry>();
  readonly quarantined = new Map<string, WireChange>();
  readonly members = new Map<string, Member>();
  readonly #now: () => number;
  readonly #page: number;
  #seq = 0;
  #hlc: string | null = null;

  /** `page` rows at most in one answer to a pull. */
  constructor(trip: string, now: () => number, page: number) {
    this.trip = trip;
    this.#now = now;
    this.#page = page;
  }

  get seq(): number {
    return this.#seq;
  }

  setRole(user: string, role: Role): void {
    this.members.set(user, { role, endedAt: null });
  }

  remove(user: string): void {
    this.members.set(user, { role: null, endedAt: this.#now() });
  }

  trips(user: string): { id: string }[] {
    return this.#roleOf(user) === null ? [] : [{ id: this.trip }];
  }

  push(user: string, body: PushBody): Answer<PushAnswer> {
    const founding = this.#seq === 0 && body.changes[0]?.record === this.trip;
    if (founding) this.setRole(user, 'aide');
    const member = this.members.get(user);
    if (!member) return refused(TRIP_UNKNOWN);
    const now = this.#now();
    const stamps = correctStamps(
      body.changes.map((change) => change.hlc),
      body.now,
      now,
    );
    const results = body.changes.map((change, index) => {
      const hlc = stamps[index] ?? change.hlc;
      return this.#one(user, member, body.device, { ...change, hlc }, change);
    });
    return { ok: true, value: { server_now: now, hlc: this.#hlc ?? '', results } };
  }

  pull(user: string, after: number): Answer<PullAnswer> {
    const role = this.#roleOf(user);
    if (role === null) return refused(TRIP_UNKNOWN);
    const later = [...this.records.values()].filter((one) => one.seq > after);
    later.sort((a, b) => a.seq - b.seq);
    const page = later.slice(0, this.#page);
    const rows = page.flatMap((one) => this.#row(user, role, one, after));
    const next = page.at(-1)?.seq ?? after;
    const more = later.length > page.length;
    const view = `${user}/${role}`;
    return {
      ok: true,
      value: { rows, next, more, view, server_now: this.#now(), hlc: this.#hlc ?? '' },
    };
  }

  /** What a member sees of the trip when nothing is on its way any more. */
  visible(user: string): PulledRow[] {
    const role = this.#roleOf(user);
    if (role === null) return [];
    return [...this.records.values()].flatMap((one) => this.#row(user, role, one, 0));
  }

  isDeleted(change: { entity: string; record: string }): boolean {
    return this.records.get(keyOf(change))?.deleted ?? false;
  }

  #roleOf(user: string): Role | null {
    return this.members.get(user)?.role ?? null;
  }

  #row(user: string, role: Role, one: ModelRecord, after: number): PulledRow[] {
    const { entity, record, seq, deleted, contested } = one;
    if (!mayRead(role, user, one)) return after > 0 ? [{ entity, record, seq, withdrawn: true }] : [];
    const told = Object.keys(contested).length > 0 ? { contested: structuredClone(contested) } : {};
    return [{ entity, record, seq, deleted, fields: structuredClone(one.fields), ...told }];
  }

  #one(user: string, member: Member, device: string, change: WireChange, sent: WireChange): PushResult {
    const { id } = change;
    const known = this.log.get(id);
    if (known) {
      const same = JSON.stringify(known.change) === JSON.stringify(sent);
      return same ? { id, status: 'duplicate', seq: known.seq } : rejected(id, 'id_reused');
    }
    if (member.role === null) return rejected(id, this.#setAside(member, change));
    const held = this.records.get(keyOf(change)) ?? null;
    const code = refusal(member.role, user, held, change);
    if (code !== null) return rejected(id, code);
    return this.#accept(user, device, change, sent);
  }

  #setAside(member: Member, change: WireChange): string {
    if (Number(change.hlc.slice(0, 13)) > (member.endedAt ?? 0)) return 'access_ended';
    this.quarantined.set(change.id, change);
    return 'quarantined';
  }

  #accept(user: string, device: string, change: WireChange, sent: WireChange): PushResult {
    const key = keyOf(change);
    const record = this.records.get(key) ?? newRecord(this.trip, user, change);
    const writer = { user, device };
    const verdict = judgeChange(record, change, writer, this.#seq + 1);
    if (verdict.moves) {
      this.#seq += 1;
      record.seq = this.#seq;
    }
    this.records.set(key, record);
    this.#hlc = latest(this.#hlc, change.hlc);
    const seq = verdict.status === 'superseded' ? null : this.#seq;
    this.log.set(change.id, { change: sent, user, device, seq, stood: verdict.stood });
    return { id: change.id, status: verdict.status, seq };
  }
}

function newRecord(trip: string, user: string, change: WireChange): ModelRecord {
  const entity = change.entity as EntityName;
  const head = {
    id: change.record,
    trip,
    created_by: user,
    created_at: new Date(Number(change.hlc.slice(0, 13))).toISOString(),
    sensitivity: 'normal',
  };
  const stamps: Record<string, FieldStamp> = {};
  const fields = { ...head, ...initialFields(entity) };
  return {
    entity,
    record: change.record,
    author: user,
    seq: 0,
    deleted: false,
    fields,
    stamps,
    contested: {},
    texts: {},
  };
}

function keyOf(change: { entity: string; record: string }): string {
  return `${change.entity}/${change.record}`;
}

function mayRead(role: Role, user: string, record: ModelRecord): boolean {
  if (role === 'aide' || record.fields['sensitivity'] === 'normal') return true;
  return role === 'companion' && record.author === user;
}

/** Why this member may not write this, or null. Required fields are asked for on creation only. */
function refusal(role: Role, user: string, held: ModelRecord | null, change: WireChange): string | null {
  const unsound = held === null ? whyNotNew(change) : null;
  if (unsound !== null) return unsound;
  if (role === 'aide') return null;
  const own = held === null || held.author === user;
  return role === 'companion' && own && change.entity !== 'trip' ? null : 'not_allowed';
}

function whyNotNew(change: WireChange): string | null {
  if (change.deleted) return 'unknown_record';
  const fields = Object.entries(ENTITIES[change.entity as EntityName].fields);
  const lacks = fields.some(([name, { required }]) => required === true && !(name in change.fields));
  return lacks ? 'missing_fields' : null;
}

function rejected(id: string, code: string): PushResult {
  return { id, status: 'rejected', seq: null, problem: { code } };
}

function refused(problem: { code: string; status: number }): Answer<never> {
  return { ok: false, kind: 'refused', problem, retryAfterMs: null };
}
