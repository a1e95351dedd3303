// The vectors of whole records (deletion, revival, contest, settling), which the server's push is tested with: before
// the server has answered, a phone shows of each deletion and contest what the server then makes of it.
import { beforeEach, describe, expect, it } from 'vitest';

import vectors from '../../tests/sync/vectors/records.json';
import { type PulledRow, type PushBody, SCHEMA, type WireChange } from '../src/api/sync';
import { useStore } from '../src/domain/context';
import { readContest } from '../src/domain/settle';
import type { Store } from '../src/store/store';
import { applyPage } from '../src/sync/pull';
import { applyResults, takeBatch } from '../src/sync/push';
import { newDeviceStore } from './device';
import { ModelServer } from './harness/model-server';

interface State {
  deleted: boolean;
  fields: Record<string, string>;
  contested: Record<string, string[]>;
}

interface Step {
  from: string;
  on: number | null;
  ms: number;
  fields?: Record<string, string>;
  deleted?: true;
  status: 'applied' | 'merged' | 'superseded';
  then: State;
}

interface Case {
  name: string;
  steps: Step[];
}

const CASES = vectors.cases as unknown as Case[];
const HLC = '1795420800000-0000-server00';
const FOUNDING = { kind: 'research', title: '调研' };
const AT = '2026-11-23T08:00:00.000Z';

let store: Store;
let trip: string;
let record: string;
/** What the device has pulled last: the number of the step. */
let pulled: number;

beforeEach(() => {
  store = newDeviceStore().store;
  useStore(store);
  [trip, record, pulled] = [store.newId(), store.newId(), 0];
});

/** The number of the record after step `on`: what is superseded and leaves no mark moves nothing. */
function seqAt(steps: readonly Step[], on: number): number {
  const isMove = ({ status, then }: Step, n: number) =>
    status !== 'superseded' || JSON.stringify(then) !== JSON.stringify(steps[n - 1]?.then);
  return steps.slice(0, on).findLastIndex(isMove) + 1;
}

/** The record as it was after step `on`. */
async function pull(steps: readonly Step[], on: number): Promise<void> {
  const state = steps[on - 1]?.then;
  if (!state || on <= pulled) return;
  pulled = on;
  const fields = { created_at: AT, ...state.fields };
  const contested = Object.fromEntries(
    Object.entries(state.contested).map(([name, values]) => [
      name,
      values.map((value) => ({ value, by: null, at: AT })),
    ]),
  );
  const seq = seqAt(steps, on);
  const row = { entity: 'person', record, seq, deleted: state.deleted, fields, contested };
  const head = { next: seq, more: false, view: 'v', server_now: 1, hlc: HLC };
  await applyPage(store, trip, { rows: [row], ...head });
}

async function write({ fields = {}, deleted }: Step): Promise<void> {
  await store.write([{ trip, entity: 'person', record, fields, ...(deleted ? { deleted } : {}) }]);
}

async function answer({ status }: Step, number: number): Promise<void> {
  const [change] = await takeBatch(store, trip);
  const seq = status === 'superseded' ? null : number;
  const results = [{ id: change?.id ?? null, status, seq }];
  await applyResults(store, change ? [change] : [], { server_now: 1, hlc: HLC, results });
}

/** The device of the last step goes through all of its own, and is told of the others' before that one is answered. */
async function beforeTheAnswer(steps: readonly Step[]): Promise<void> {
  const device = steps.at(-1)?.from;
  for (const [n, step] of steps.entries()) {
    if (step.from !== device) continue;
    await pull(steps, step.on ?? 0);
    await write(step);
    if (n < steps.length - 1) await answer(step, n + 1);
  }
  await pull(steps, steps.length - 1);
}

async function shown() {
  const row = await store.db.rows('person').get(record);
  return { deleted: row?.local.deleted, contest: await readContest('person', record) };
}

function stateAfter(steps: readonly Step[], back: number): State {
  const step = steps.at(-1 - back);
  if (!step) throw new Error('no such step');
  return step.then;
}

const isUnmarked = ({ contested }: State) => Object.keys(contested).length === 0;

/** A device that knows the record always says what it was made on. */
const made = CASES.flatMap(({ name, steps }) =>
  steps.slice(1).flatMap((step, n) => {
    const upTo = steps.slice(0, n + 2);
    return step.on === null ? [] : [{ name: `${name} (step ${n + 2})`, steps: upTo }];
  }),
);

describe('what a phone shows before the answer', () => {
  it.each(made)('$name', async ({ steps }) => {
    await beforeTheAnswer(steps);
    const [last, before] = [stateAfter(steps, 0), stateAfter(steps, 1)];
    const { deleted, contest } = await shown();
    expect(deleted).toBe(last.deleted);
    // Who has seen a contest and writes the field settles it at once; nobody else takes a mark away.
    const isSettled = isUnmarked(last);
    if (isUnmarked(before) || (last.deleted && !isSettled)) return;
    expect(contest.length === 0).toBe(isSettled);
  });
});

describe('what a phone shows after the pull', () => {
  it.each(CASES)('$name', async ({ steps }) => {
    await pull(steps, steps.length);
    const then = steps.at(-1)?.then;
    const row = await store.db.rows('person').get(record);
    expect(row).toMatchObject({ ...then?.fields, local: { deleted: then?.deleted } });
    const open = (await readContest('person', record)).map(({ field, spots }) => [
      field,
      spots[0]?.versions.map(({ value }) => value),
    ]);
    expect(Object.fromEntries(open)).toEqual(then?.deleted ? {} : then?.contested);
  });
});

describe('what the model server of the convergence harness makes of it', () => {
  it.each(CASES)('$name', ({ steps }) => {
    const now = 1_795_420_800_000;
    const server = new ModelServer(trip, () => now, 100);
    const push = (device: string, change: Omit<WireChange, 'id'>) => {
      const body: PushBody = { schema: SCHEMA, device, now, changes: [{ id: store.newId(), ...change }] };
      const answer = server.push('aide', body);
      if (!answer.ok) throw new Error(answer.problem.code);
      return answer.value.results[0]?.status;
    };
    const stamp = (ms: number, device: string) => `${now - 60_000 + ms}-0000-${device}`;
    push('phone_a1', { entity: 'trip', record: trip, fields: FOUNDING, hlc: stamp(0, 'phone_a1') });
    const seqs: number[] = [];
    const told = steps.map(({ from, on, ms, fields = {}, deleted }) => {
      const made = on === null ? {} : { base: seqs[on - 1] ?? 0 };
      const gone = deleted ? { deleted } : {};
      const change = { entity: 'person', record, fields, hlc: stamp(ms, from), ...made, ...gone };
      const status = push(from, change);
      const row = server.visible('aide').find((one) => one.record === record);
      seqs.push(row?.seq ?? 0);
      return { status, then: stateOf(row) };
    });
    expect(told).toEqual(steps.map(({ status, then }) => ({ status, then })));
  });
});

function stateOf(row: PulledRow | undefined): State {
  const { name, role } = row?.fields as Record<string, string>;
  const contested = Object.entries(row?.contested ?? {}).map(([field, accounts]) => [
    field,
    accounts.map(({ value }) => value as string),
  ]);
  return {
    deleted: row?.deleted ?? false,
    fields: { name: name ?? '', role: role ?? '' },
    contested: Object.fromEntries(contested) as Record<string, string[]>,
  };
}
