import { describe, expect, it } from 'vitest';

import { isOneRequest } from './tus';

const photo = { length: 'known', size: 300_000, tried: false } as const;

describe('a file goes with its announcement', () => {
  it('when it is one piece and nothing of it can be on the server', () => {
    expect(isOneRequest(photo)).toBe(true);
    expect(isOneRequest({ ...photo, size: 1024 * 1024 })).toBe(true);
  });

  it('but not when it has more pieces, still grows, is empty, or a try before may have left a part', () => {
    expect(isOneRequest({ ...photo, size: 1024 * 1024 + 1 })).toBe(false);
    expect(isOneRequest({ ...photo, length: 'growing' })).toBe(false);
    expect(isOneRequest({ ...photo, length: 'deferred' })).toBe(false);
    expect(isOneRequest({ ...photo, size: 0 })).toBe(false);
    expect(isOneRequest({ ...photo, tried: true })).toBe(false);
  });
});
