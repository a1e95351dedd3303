// The store of one device: database, clock and chance in one hand, and the one write path for synced rows.
// A write puts the change into the outbox and the row into its table in one transaction.
import type { Table } from 'dexie';

import { ENTITIES, type EntityName, type Rows } from '../generated/entities';
import type { Clock } from '../kernel/clock';
import { isResent, latest, tick } from '../kernel/hlc';
import { newDevice, type RandomBytes, uuidv7 } from '../kernel/ids';
import { checkFields } from '../kernel/limits';
import { AppError } from '../kernel/problem';
import type { SuixingDatabase } from './db';
import type { ServerState } from './overlay';
import { shownFields, valuesBefore } from './overlay-merge';
import { changesOf, type RecordKey, serverState, showRecord } from './refresh';
import type { Change, Feed } from './rows';

export type Fields<E extends EntityName> = Partial<
  Omit<Rows[E], 'id' | 'trip' | 'created_by' | 'created_at'>
>;

/** One edit or deletion; `entity` decides which fields there are. */
export type Write<E extends EntityName = EntityName> = {
  [K in E]: { trip: string; entity: K; record: string; fields?: Fields<K>; deleted?: boolean };
}[E];

type Edit = Pick<Change, 'fields' | 'hlc' | 'deleted' | 'at'>;

interface WriteOptions {
  /** Further tables that `inside` writes, in the same transaction. */
  also?: Table[];
  inside?: () => Promise<unknown>;
}

export class Store {
  readonly db: SuixingDatabase;
  readonly clock: Clock;
  readonly random: RandomBytes;

  constructor(db: SuixingDatabase, clock: Clock, random: RandomBytes) {
    this.db = db;
    this.clock = clock;
    this.random = random;
  }

  newId(): string {
    return uuidv7(this.clock.now(), this.random);
  }

  /** The name of this device in stamps and pushes; made at its first use. */
  async device(): Promise<string> {
    return this.db.transaction('rw', this.db.settings, async () => this.deviceInside());
  }

  /** Applies all writes or none. Throws `AppError('invalid_fields')` for what the server would refuse. */
  async write(writes: readonly Write[], options: WriteOptions = {}): Promise<void> {
    const { db } = this;
    const entities = [...new Set(writes.map((write) => write.entity))].map((entity) => db.table(entity));
    const tables = [...entities, db.outbox, db.shadow, db.settings, db.feed, ...(options.also ?? [])];
    await db.transaction('rw', tables, async () => {
      const device = await this.deviceInside();
      for (const write of writes) await this.writeOne(write, device);
      await options.inside?.();
    });
  }

  /** What a device has seen, it never writes before. */
  async observe(hlc: string | null): Promise<void> {
    const { settings } = this.db;
    await this.db.transaction('rw', settings, async () => {
      const known = await settings.get('hlc');
      await settings.put({ key: 'hlc', value: latest((known?.value as string | undefined) ?? null, hlc) });
    });
  }

  private async writeOne(write: Write, device: string): Promise<void> {
    const { db } = this;
    const key: RecordKey = { entity: write.entity, record: write.record, trip: write.trip };
    const server = await serverState(db, key);
    const exists = (await db.rows(write.entity).get(write.record)) !== undefined;
    const fields = write.deleted ? {} : { ...write.fields };
    if (!write.deleted) refuseInvalid(write.entity, fields, !exists);
    const edit = {
      fields,
      hlc: await this.nextStamp(device),
      deleted: write.deleted ?? false,
      at: this.clock.now(),
    };
    await this.queue(key, edit, server);
    await this.ensureFeed(write.trip);
    await showRecord(db, key, server);
  }

  private async queue(key: RecordKey, edit: Edit, server: ServerState | null): Promise<void> {
    const { outbox } = this.db;
    const mine = await changesOf(this.db, key);
    const unsent = mine.at(-1);
    const base = baseOf(server?.seq ?? 0, mine, edit.fields);
    const before = valuesBefore(key.entity, edit.fields, mine, server?.row ? { ...server.row } : null);
    if (unsent && canJoin(unsent, edit.deleted) && (unsent.base ?? 0) === (base ?? 0)) {
      const fields = { ...unsent.fields, ...edit.fields };
      await outbox.put({ ...unsent, ...edit, fields, before: { ...before, ...unsent.before } });
    } else {
      await outbox.add({ id: this.newId(), ...key, ...edit, base, before, ...FRESH });
    }
  }

  private async nextStamp(device: string): Promise<string> {
    const known = await this.db.settings.get('hlc');
    const hlc = tick((known?.value as string | undefined) ?? null, this.clock.now(), device);
    await this.db.settings.put({ key: 'hlc', value: hlc });
    return hlc;
  }

  private async deviceInside(): Promise<string> {
    const known = await this.db.settings.get('device');
    if (typeof known?.value === 'string') return known.value;
    const device = newDevice(this.random);
    await this.db.settings.put({ key: 'device', value: device });
    return device;
  }

  private async ensureFeed(trip: string): Promise<void> {
    if (await this.db.feed.get(trip)) return;
    await this.db.feed.add(newFeed(trip));
  }
}

const FRESH = { state: 'queued', sent: false, seq: null, problem: null } as const;

/**
 * What the writer had seen of the fields: of one that lies under an own change no more than that change had.
 * 0 = own changes alone, so that others' are told apart from them; null = nothing is known of the record.
 */
function baseOf(seq: number, mine: readonly Change[], fields: Record<string, unknown>): number | null {
  if (seq === 0 && mine.length === 0) return null;
  const under = mine.filter((change) => Object.keys(fields).some((name) => name in shownFields(change)));
  // Over a state that is handed in again: seen was that one, not what the restored server shows below it.
  const known = under.some((change) => isResent(change.hlc)) ? Infinity : seq;
  return Math.min(known, ...under.map((change) => change.base ?? 0));
}

/** An edit joins the last change of its record while that was never offered to the server. */
function canJoin(last: Change, deleted: boolean): boolean {
  return last.state === 'queued' && !last.sent && !last.deleted && !deleted;
}

export function newFeed(trip: string): Feed {
  return { trip, cursor: 0, view: null, sweep: 0, sweeping: false, pulledAt: null, problem: null };
}

function refuseInvalid(entity: EntityName, fields: Record<string, unknown>, isNew: boolean): void {
  const errors = checkFields(ENTITIES[entity], fields, isNew);
  if (errors.length > 0) throw new AppError({ code: 'invalid_fields', errors });
}
