// The merge vectors that the server's merge is tested with: this device's stamps must order as they say.
import { describe, expect, it } from 'vitest';

import vectors from '../../../tests/sync/vectors/fields.json';
import { latest, parseStamp } from './hlc';

type Side = [string, number | null, string];

/** The server's own writes follow rules of precedence, not of time; those are the server's business. */
const people = vectors.cases.filter(
  ({ incoming, current }) => ![incoming, current ?? []].flat().includes('server'),
);

describe('the shared merge vectors', () => {
  it.each(people)('$name', (one) => {
    const incoming = one.incoming as Side;
    const current = one.current as Side | null;
    expect(parseStamp(incoming[0])?.device).toBe(incoming[2]);
    if (current === null) return;
    expect(parseStamp(current[0])?.device).toBe(current[2]);
    // Without a base the later stamp alone decides, and both sides must agree which one that is.
    if (incoming[1] === null) expect(latest(incoming[0], current[0]) === incoming[0]).toBe(one.expect[0]);
  });
});
