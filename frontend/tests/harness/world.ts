// One trip, some phones, and what may happen to them; every happening is plain data, so that a failing run shrinks.
import type { Row } from '../../src/store/rows';
import { resendChange } from '../../src/store/repair';
import type { Store, Write } from '../../src/store/store';
import {
  checkCustody,
  checkNothingDoubled,
  checkNothingLost,
  checkOverlay,
  checkReplica,
} from './invariants';
import { ModelServer, type Role } from './model-server';
import { type Ground, Phone, type Weather } from './phone';

/** `who` and `which` count over whatever there is. */
export type Happening =
  | { kind: 'write'; who: number; tab: number }
  | { kind: 'edit'; who: number; tab: number; which: number; field: number }
  | { kind: 'delete' | 'restore' | 'settle'; who: number; tab: number; which: number }
  | { kind: 'sync'; who: number; tab: number; weather: Weather[] }
  | { kind: 'sync together'; who: number; with: number; weather: Weather[] }
  | { kind: 'clock'; who: number; hours: number }
  | { kind: 'wait'; minutes: number }
  | { kind: 'late' }
  | { kind: 'kill'; who: number; after: number }
  | { kind: 'reinstall' | 'remove' | 'resend'; who: number }
  | { kind: 'invite'; who: number; role: Role };

const START = 1_795_420_800_000;
/** Nothing that waits waits longer. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

export class World {
  readonly ground: Ground;
  readonly phones: Phone[];
  readonly server: ModelServer;
  readonly #trip: string;
  #ms = START;
  #count = 0;

  constructor(phones: number, page: number, name: string) {
    let seed = 1;
    // Ids must only differ; a fixed sequence makes a failing run repeatable.
    const random = (length: number) =>
      Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8);
    const now = () => (this.#ms += 1);
    this.#trip = '019a0000-0000-7000-8000-000000000001';
    this.server = new ModelServer(this.#trip, now, page);
    this.ground = { server: this.server, now, late: [], random };
    // The last two phones are of one user, as a phone and a tablet are.
    this.phones = Array.from({ length: phones }, (_, n) => {
      const user = `user-${Math.min(n, Math.max(1, phones - 2))}`;
      return new Phone(this.ground, user, `${name}-phone${n}`);
    });
  }

  /** The first phone makes the trip, the others are invited and have it. */
  async begin(): Promise<void> {
    const fields = { kind: 'research' as const, title: '行程' };
    const trip = this.#trip;
    await this.phone(0)
      .tab()
      .store.write([{ trip, entity: 'trip', record: trip, fields }]);
    await this.phone(0).remember();
    await this.phone(0).tab().sync();
    for (const phone of this.phones.slice(1)) this.server.setRole(phone.user, 'aide');
    for (const phone of this.phones) await phone.tab().sync();
  }

  phone(who: number): Phone {
    return this.phones[who % this.phones.length] as Phone;
  }

  async happen(what: Happening): Promise<void> {
    if (what.kind === 'late') this.#deliver();
    else if (what.kind === 'wait') this.#ms += what.minutes * 60_000;
    else if ('tab' in what || what.kind === 'sync together') await this.#work(what);
    else await this.#fate(what);
    for (const phone of this.#touched(what)) {
      await phone.remember();
      await checkOverlay(phone.tab().store);
      await checkCustody(this.server, phone);
    }
  }

  #touched(what: Happening): Phone[] {
    const own = 'who' in what ? [this.phone(what.who)] : [];
    return 'with' in what ? [...own, this.phone(what.with)] : own;
  }

  async #work(what: Happening & { who: number }): Promise<void> {
    const phone = this.phone(what.who);
    if (what.kind === 'sync together') {
      const other = this.phone(what.with);
      phone.weather = [...what.weather];
      other.weather = [...what.weather].reverse();
      await Promise.all([phone.tab(0).sync(), other.tab(1).sync()]);
    } else if (what.kind === 'sync') {
      phone.weather = [...what.weather];
      await phone.tab(what.tab).sync();
    } else if ('tab' in what) {
      const tab = phone.tab(what.tab);
      const writes = await this.#writes(what, tab.store);
      // A write that the death of its tab undoes was never told to be kept.
      await tab.store.write(writes).catch((error: unknown) => {
        if (!tab.dead) throw error;
      });
    }
    phone.weather = [];
  }

  async #writes(what: Happening, store: Store): Promise<Write[]> {
    const trip = this.#trip;
    this.#count += 1;
    if (what.kind === 'write') {
      const fields = { kind: 'observation' as const, text: `#${this.#count}` };
      return [{ trip, entity: 'note', record: store.newId(), fields }];
    }
    if (!('which' in what)) return [];
    const notes = await store.db.rows('note').toArray();
    const note = notes.sort((a, b) => (a.id < b.id ? -1 : 1))[what.which % Math.max(1, notes.length)];
    return note ? [{ trip, entity: 'note', record: note.id, ...editOf(what, note, this.#count) }] : [];
  }

  async #fate(what: Happening): Promise<void> {
    if (!('who' in what)) return;
    const phone = this.phone(what.who);
    if (what.kind === 'clock') phone.skewMs = what.hours * 3_600_000;
    if (what.kind === 'kill') phone.tab().life.left = what.after;
    if (what.kind === 'reinstall') phone.reinstall();
    if (what.kind === 'resend') {
      const tab = phone.tab();
      await resendAll(phone).catch((error: unknown) => {
        if (!tab.dead) throw error;
      });
    }
    // The first phone's user answers for the trip and stays.
    if (phone.user === 'user-0') return;
    if (what.kind === 'remove') this.server.remove(phone.user);
    if (what.kind === 'invite') this.server.setRole(phone.user, what.role);
  }

  #deliver(): void {
    for (const arrive of this.ground.late.splice(0).reverse()) arrive();
  }

  /** Fair weather until nothing moves, then everything that must hold. Refused changes are sent again with all rights. */
  async quiet(): Promise<void> {
    this.#deliver();
    await this.#settle();
    for (const phone of this.phones) await checkNothingLost(this.server, phone);
    for (const phone of this.phones) this.server.setRole(phone.user, 'aide');
    for (const phone of this.phones) await resendAll(phone);
    await this.#settle();
    for (const phone of this.phones) {
      await checkNothingLost(this.server, phone);
      await checkReplica(this.server, phone);
    }
    checkNothingDoubled(this.server, this.phones);
  }

  async #settle(): Promise<void> {
    for (const phone of this.phones) {
      for (const tab of phone.tabs) tab.life.left = tab.dead ? -1 : Infinity;
      phone.weather = [];
    }
    let before = -1;
    for (let round = 0; round < 10 && before !== this.server.seq; round += 1) {
      before = this.server.seq;
      this.#ms += LONGEST_WAIT_MS;
      for (const phone of this.phones) await phone.tab().sync();
    }
    for (const phone of this.phones) await phone.tab().sync();
  }

  end(): void {
    for (const phone of this.phones) for (const tab of phone.tabs) tab.store.db.close();
  }
}

function editOf(
  what: Happening,
  note: Row<'note'>,
  count: number,
): Pick<Write<'note'>, 'fields' | 'deleted'> {
  if (what.kind === 'delete') return { deleted: true };
  if (what.kind === 'settle') return { fields: settling(note) };
  if (what.kind === 'restore') return { fields: {} };
  const choices: Write<'note'>['fields'][] = [
    { text: `#${count}` },
    { certainty: (['sure', 'doubtful', 'hearsay'] as const)[count % 3] ?? 'sure' },
    { lat: count % 90 },
    { sensitivity: count % 2 === 0 ? 'restricted' : 'normal' },
  ];
  const field = what.kind === 'edit' ? what.field : 0;
  return { fields: choices[field % choices.length] ?? {} };
}

/** The oldest of the values that differ. */
function settling(note: Row<'note'>): Record<string, unknown> {
  const [field, values] = Object.entries(note.local.contested ?? {})[0] ?? [];
  return field && values ? { [field]: values[0]?.value } : { lat: 1 };
}

async function resendAll(phone: Phone): Promise<void> {
  const { store } = phone.tab();
  const refused = await store.db.outbox.where('state').equals('rejected').toArray();
  for (const change of refused.sort((a, b) => (a.n ?? 0) - (b.n ?? 0))) await resendChange(store, change, {});
}
