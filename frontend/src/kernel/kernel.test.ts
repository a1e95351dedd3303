// Pure rules: stamps, ids, limits. Property tests search for the counterexample.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ENTITIES } from '../generated/entities';
import { latest, packStamp, parseStamp, tick } from './hlc';
import { newDevice, uuidv7 } from './ids';
import { checkFields, clip, codePoints } from './limits';

const DEVICE = 'Device_1';
const chance = (length: number) => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256));

describe('stamps', () => {
  it('always move forward, whatever the wall clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_999_999_999_998 }), { minLength: 2 }), (clocks) => {
        let last: string | null = null;
        for (const now of clocks) {
          const next = tick(last, now, DEVICE);
          if (last !== null) expect(next > last).toBe(true);
          last = next;
        }
      }),
    );
  });

  it('carry an overflowing counter into the next millisecond', () => {
    const full = packStamp({ ms: 1000, counter: 0xffff, device: DEVICE });
    expect(tick(full, 5, DEVICE)).toBe(packStamp({ ms: 1001, counter: 0, device: DEVICE }));
  });

  it('are read back as they were written', () => {
    const stamp = { ms: 1_795_420_800_000, counter: 10, device: DEVICE };
    expect(packStamp(stamp)).toBe('1795420800000-000a-Device_1');
    expect(parseStamp(packStamp(stamp))).toEqual(stamp);
  });

  it.each(['', '1-0000-Device_1', '1795420800000-000G-Device_1', '1795420800000-0000-short'])(
    'of another form are no stamps: %s',
    (text) => expect(parseStamp(text)).toBeNull(),
  );

  it('that were seen are never gone behind', () => {
    const seen = packStamp({ ms: 9000, counter: 3, device: 'server00' });
    expect(latest(null, seen)).toBe(seen);
    expect(tick(latest(tick(null, 10, DEVICE), seen), 20, DEVICE) > seen).toBe(true);
  });
});

describe('ids', () => {
  it('are UUIDv7 and sort by time', () => {
    const early = uuidv7(1_000_000_000_000, chance);
    const late = uuidv7(1_000_000_000_001, chance);
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });

  it('of devices are of the form the server takes', () => {
    expect(newDevice(chance)).toMatch(/^[A-Za-z0-9_]{8,64}$/);
  });
});

describe('limits', () => {
  it('count characters as the server does, not UTF-16 units', () => {
    expect(codePoints('随行𠮷')).toBe(3);
    expect(clip('𠮷𠮷𠮷', 2)).toBe('𠮷𠮷');
  });

  it('refuse a role of 201 characters and take one of 200', () => {
    const fields = { name: '李', role: '长'.repeat(201) };
    expect(checkFields(ENTITIES.person, fields, true)).toEqual([{ field: 'role', code: 'too_long' }]);
    expect(checkFields(ENTITIES.person, { ...fields, role: '长'.repeat(200) }, true)).toEqual([]);
  });

  it('name what a new record lacks, an unknown field and a wrong word', () => {
    const problems = checkFields(ENTITIES.note, { kind: 'gossip', colour: 'red' }, true);
    expect(problems).toEqual([
      { field: 'kind', code: 'unknown_value' },
      { field: 'colour', code: 'unknown_field' },
    ]);
    expect(checkFields(ENTITIES.note, {}, true)).toEqual([{ field: 'kind', code: 'missing' }]);
    expect(checkFields(ENTITIES.note, {}, false)).toEqual([]);
  });

  it('let an optional reference be emptied, but no position be NaN', () => {
    expect(checkFields(ENTITIES.note, { speaker: null, lat: null }, false)).toEqual([]);
    expect(checkFields(ENTITIES.note, { lat: Number.NaN }, false)).toEqual([
      { field: 'lat', code: 'not_a_number' },
    ]);
  });
});
