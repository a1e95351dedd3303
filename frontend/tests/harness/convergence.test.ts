// Phones under every fault that the field knows: whatever happens, nothing accepted is lost, nothing refused is
// hidden, nothing is doubled, and all replicas end equal. SYNC_EXAMPLES=10000 runs more of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Happening, World } from './world';
import { WEATHERS } from './phone';

const ASKED = import.meta.env['SYNC_EXAMPLES'];
const EXAMPLES = Number(ASKED ?? 40);
/** A few examples are always the same ones; many are new ones each time, and a failing run says its seed. */
const SEED = import.meta.env['SYNC_SEED'] ?? (ASKED === undefined ? '20261123' : undefined);

const who = fc.nat({ max: 3 });
const tab = fc.nat({ max: 1 });
const which = fc.nat({ max: 8 });
const weather = fc.array(fc.constantFrom(...WEATHERS), { maxLength: 6 });
const on = { who, tab, which };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write'), who, tab }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('edit'), ...on, field: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'restore', 'settle'), ...on }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('sync'), who, tab, weather }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync together'), who, with: who, weather }) },
  fc.record({ kind: fc.constant('clock'), who, hours: fc.integer({ min: -72, max: 72 }) }),
  fc.record({ kind: fc.constant('wait'), minutes: fc.nat({ max: 600 }) }),
  fc.record({ kind: fc.constant('late') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill'), who, after: fc.nat({ max: 25 }) }) },
  fc.record({ kind: fc.constantFrom('reinstall', 'remove', 'resend'), who }),
  fc.record({
    kind: fc.constant('invite'),
    who,
    role: fc.constantFrom('aide', 'companion', 'viewer'),
  }),
) as fc.Arbitrary<Happening>;

let runs = 0;

async function live(happenings: Happening[], phones: number, page: number): Promise<void> {
  runs += 1;
  const world = new World(phones, page, `run${runs}`);
  try {
    await world.begin();
    for (const what of happenings) await world.happen(what);
    await world.quiet();
  } finally {
    world.end();
  }
}

describe('phones under fault', () => {
  it(
    'lose nothing, hide nothing, double nothing and end equal',
    { timeout: 60_000 + EXAMPLES * 2_000 },
    async () => {
      const story = fc.array(happening, { minLength: 5, maxLength: 40, size: 'max' });
      const phones = fc.integer({ min: 2, max: 4 });
      const page = fc.constantFrom(1, 3, 1000);
      const check = fc.asyncProperty(story, phones, page, live);
      const seed = SEED === undefined ? {} : { seed: Number(SEED) };
      await fc.assert(check, { numRuns: EXAMPLES, ...seed });
      expect(runs).toBeGreaterThanOrEqual(EXAMPLES);
    },
  );
});
