// A device that met literal answers of a server: what it wrote, what was answered and pulled. Its members stand alone, so
// that a test may take them out by name.
import type { PulledRow, PullAnswer, PushResult } from '../src/api/sync';
import type { Change, Row } from '../src/store/rows';
import { applyPage } from '../src/sync/pull';
import { applyResults, takeBatch } from '../src/sync/push';
import { newDeviceStore } from './device';

export const HLC = '1795420800000-0000-server00';
export const CREATED = '2026-11-23T08:00:00.000Z';

export class SyncedDevice {
  readonly store = newDeviceStore().store;
  readonly trip = this.store.newId();

  readonly note = (id: string): Promise<Row<'note'> | undefined> => this.store.db.rows('note').get(id);
  readonly outbox = (): Promise<Change[]> => this.store.db.outbox.orderBy('n').toArray();

  /** Keeps a note and returns its id. */
  readonly write = async (text: string, id = this.store.newId()): Promise<string> => {
    const fields = { kind: 'quote' as const, text };
    await this.store.write([{ trip: this.trip, entity: 'note', record: id, fields }]);
    return id;
  };

  /** The server's answer to what waits, in order; returns what was sent. */
  readonly answer = async (results: Omit<PushResult, 'id'>[]): Promise<Change[]> => {
    const batch = await takeBatch(this.store, this.trip);
    const named = results.map((result, index) => ({ id: batch[index]?.id ?? null, ...result }));
    await applyResults(this.store, batch, { server_now: 1, hlc: HLC, results: named });
    return batch;
  };

  /** One page, the last unless told; true when more is to be pulled. */
  readonly pull = (rows: PulledRow[], next: number, more: Partial<PullAnswer> = {}): Promise<boolean> => {
    const page = { rows, next, more: false, view: 'v1', server_now: 1, hlc: HLC, ...more };
    return applyPage(this.store, this.trip, page);
  };
}

/** A note as the server tells it. */
export function pulled(record: string, seq: number, text: string, more: Partial<PulledRow> = {}): PulledRow {
  return { entity: 'note', record, seq, fields: { kind: 'quote', text, created_at: CREATED }, ...more };
}
