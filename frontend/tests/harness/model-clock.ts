// The protocol's section on clocks: skew beyond 5 minutes is taken off, the future is capped, order is kept.
import { packStamp, parseStamp, type Stamp, tick } from '../../src/kernel/hlc';

const TOLERANCE_MS = 300_000;

export function correctStamps(stamps: readonly string[], deviceNow: number, serverNow: number): string[] {
  const skew = Math.abs(deviceNow - serverNow) > TOLERANCE_MS ? deviceNow - serverNow : 0;
  const corrected = new Map<string, string>();
  let last: Stamp | null = null;
  for (const text of [...new Set(stamps)].sort()) {
    const stamp = parseStamp(text);
    if (stamp === null) throw new Error(`no stamp: ${text}`);
    let moved: Stamp = { ...stamp, ms: stamp.ms - skew };
    if (moved.ms > serverNow) moved = { ms: serverNow, counter: 0, device: stamp.device };
    if (last !== null && !isAfter(moved, last)) {
      moved = parseStamp(tick(packStamp(last), 0, stamp.device)) ?? moved;
    }
    last = moved;
    corrected.set(text, packStamp(moved));
  }
  return stamps.map((text) => corrected.get(text) ?? text);
}

function isAfter(one: Stamp, two: Stamp): boolean {
  return one.ms > two.ms || (one.ms === two.ms && one.counter > two.counter);
}
