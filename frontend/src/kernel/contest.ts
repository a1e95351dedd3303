// What is left to settle of a contested field: each place with its versions, found again in the text as it is now.
// Shape and rules: docs/sync-protocol.md, "Long text".
import { matchLines } from './matching';
import { joinLines, splitLines } from './paragraphs';

export interface Told {
  value: unknown;
  by: string | null;
  at: string | null;
  device?: string;
  parts?: readonly { start: number; end: number; value: string | null }[];
}

export interface Version {
  /** `null` in a text = this side deleted the paragraph. */
  value: unknown;
  by: string | null;
  at: string | null;
  device: string | null;
}

export interface Spot {
  /** Paragraphs `start` to `end` of the present text; null = the whole field. */
  place: { start: number; end: number } | null;
  versions: Version[];
}

export interface Present {
  /** The field as the server told it, to which the places belong. */
  told: unknown;
  /** The field as this device shows it. */
  shown: unknown;
  /** This device has written the field since it saw the contest, and nobody has answered yet. */
  written: boolean;
}

export function openSpots(accounts: readonly Told[], present: Present): Spot[] {
  const whole = accounts.filter((account) => !account.parts);
  if (whole.length > 0) return present.written ? [] : wholeSpot(accounts);
  const spots = placesOf(accounts);
  if (typeof present.told !== 'string' || typeof present.shown !== 'string') return spots;
  const found = foundAgain(spots, splitLines(present.told), splitLines(present.shown));
  // A write that touches no open place leaves them as they are for good.
  return present.written && found.length === spots.length ? [] : found;
}

function wholeSpot(accounts: readonly Told[]): Spot[] {
  return [{ place: null, versions: distinct(accounts.map(({ value, ...from }) => version(value, from))) }];
}

function placesOf(accounts: readonly Told[]): Spot[] {
  const spots = new Map<string, { place: { start: number; end: number }; versions: Version[] }>();
  for (const account of accounts) {
    for (const { start, end, value } of account.parts ?? []) {
      const spot = spots.get(`${start}-${end}`) ?? { place: { start, end }, versions: [] };
      spot.versions.push(version(value, account));
      spots.set(`${start}-${end}`, spot);
    }
  }
  const sorted = [...spots.values()].sort((a, b) => a.place.start - b.place.start);
  return sorted.map(({ place, versions }) => ({ place, versions: distinct(versions) }));
}

function version(value: unknown, { by, at, device }: Omit<Told, 'value'>): Version {
  return { value, by, at, device: device ?? null };
}

function distinct(versions: readonly Version[]): Version[] {
  const seen = new Set<string>();
  return versions.filter(({ value }) => {
    const key = JSON.stringify(value ?? null);
    return !seen.has(key) && seen.add(key);
  });
}

/** Places whose paragraphs all stand unchanged in the shown text, with their numbers there. */
function foundAgain(spots: readonly Spot[], told: string[], shown: string[]): Spot[] {
  const places = new Map(matchLines(told, shown));
  return spots.flatMap(({ place, versions }) => {
    if (place === null) return [];
    const start = places.get(place.start);
    if (start === undefined) return [];
    for (let line = place.start; line < place.end; line += 1) {
      if (places.get(line) !== start + line - place.start) return [];
    }
    return [{ place: { start, end: start + place.end - place.start }, versions }];
  });
}

/** The text with one place replaced; `null` takes it out. */
export function settleText(
  text: string,
  place: { start: number; end: number },
  value: string | null,
): string {
  const lines = splitLines(text);
  lines.splice(place.start, place.end - place.start, ...(value === null ? [] : splitLines(value)));
  return joinLines(lines);
}
