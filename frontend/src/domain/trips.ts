// Trips and their stops: commands, and the queries of the trip list, the stop line and the itinerary.
import type { TripKind } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import type { Fields } from '../store/store';
import { readSetting, writeSetting } from '../store/settings';
import { store } from './context';
import { rowById, tripRows } from './rows';

export interface NewTrip {
  kind: TripKind;
  title: string;
  intent?: string;
  /** Dates local to the trip, `2026-11-23`. */
  starts_on?: string | null;
  ends_on?: string | null;
  timezone?: string;
  languages?: string[];
  vocabulary?: string[];
}

/** Makes a trip on this device, offline too; returns its id and makes it the current one. */
export async function createTrip(trip: NewTrip): Promise<string> {
  const id = store().newId();
  const timezone = trip.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  await store().write([{ trip: id, entity: 'trip', record: id, fields: { ...trip, timezone } }]);
  await chooseTrip(id);
  return id;
}

export async function updateTrip(trip: string, fields: Fields<'trip'>): Promise<void> {
  await store().write([{ trip, entity: 'trip', record: trip, fields }]);
}

export async function createStop(trip: string, fields: Fields<'stop'>): Promise<string> {
  const id = store().newId();
  await store().write([{ trip, entity: 'stop', record: id, fields }]);
  return id;
}

export async function updateStop(trip: string, stop: string, fields: Fields<'stop'>): Promise<void> {
  await store().write([{ trip, entity: 'stop', record: stop, fields }]);
}

/** All trips of this device, the latest first. */
export function liveTrips(): Live<Row<'trip'>[]> {
  return live(async () => {
    const trips = await store().db.rows('trip').toArray();
    const shown = trips.filter((trip) => !trip.local.deleted);
    return shown.sort((a, b) => tripDay(b).localeCompare(tripDay(a)));
  }, []);
}

function tripDay(trip: Row<'trip'>): string {
  return trip.starts_on ?? trip.created_at ?? '';
}

export function liveTrip(trip: string): Live<Row<'trip'> | null> {
  return live(() => rowById('trip', trip), null);
}

/** The itinerary: by planned start, unplanned ones last in order of making. */
export function liveStops(trip: string): Live<Row<'stop'>[]> {
  return live(async () => {
    const stops = await tripRows('stop', trip);
    return stops.sort((a, b) => stopTime(a).localeCompare(stopTime(b)));
  }, []);
}

function stopTime(stop: Row<'stop'>): string {
  return stop.starts_at ?? `9999${stop.created_at ?? ''}`;
}

export function liveStop(stop: string): Live<Row<'stop'> | null> {
  return live(() => rowById('stop', stop), null);
}

/** The trip that captures go to. */
export async function chooseTrip(trip: string | null): Promise<void> {
  await writeSetting(store().db, 'current.trip', trip);
}

/** The stop that captures of this trip go to; null = none. */
export async function chooseStop(trip: string, stop: string | null): Promise<void> {
  await writeSetting(store().db, `current.stop.${trip}`, { stop });
}

/** The chosen trip, else the one whose dates hold today, else the latest. */
export function liveCurrentTrip(): Live<Row<'trip'> | null> {
  return live(currentTrip, null);
}

export async function currentTrip(): Promise<Row<'trip'> | null> {
  const { db, clock } = store();
  const chosen = await readSetting<string | null>(db, 'current.trip', null);
  const trip = chosen === null ? null : await rowById('trip', chosen);
  if (trip) return trip;
  const trips = (await db.rows('trip').toArray()).filter((row) => !row.local.deleted);
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const running = trips.find((row) => (row.starts_on ?? '9') <= today && today <= (row.ends_on ?? ''));
  return running ?? trips.sort((a, b) => tripDay(b).localeCompare(tripDay(a)))[0] ?? null;
}

/** The chosen stop of a trip, else the one planned for now, else the last begun. */
export function liveCurrentStop(trip: string): Live<Row<'stop'> | null> {
  return live(() => currentStop(trip), null);
}

export async function currentStop(trip: string): Promise<Row<'stop'> | null> {
  const { db, clock } = store();
  const chosen = await readSetting<{ stop: string | null } | null>(db, `current.stop.${trip}`, null);
  if (chosen) return chosen.stop === null ? null : rowById('stop', chosen.stop);
  const now = new Date(clock.now()).toISOString();
  const begun = (await tripRows('stop', trip)).filter(
    (stop) => stop.starts_at !== null && stop.starts_at <= now,
  );
  const open = begun.filter((stop) => stop.ends_at === null || stop.ends_at >= now);
  const byStart = (open.length > 0 ? open : begun).sort((a, b) => stopTime(a).localeCompare(stopTime(b)));
  return byStart.at(-1) ?? null;
}
