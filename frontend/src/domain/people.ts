// People met and units visited.
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import type { Fields } from '../store/store';
import { store } from './context';
import { tripRows } from './rows';

export async function createPerson(
  trip: string,
  fields: Fields<'person'> & { name: string },
): Promise<string> {
  const id = store().newId();
  await store().write([{ trip, entity: 'person', record: id, fields }]);
  return id;
}

export async function createUnit(trip: string, fields: Fields<'unit'>): Promise<string> {
  const id = store().newId();
  await store().write([{ trip, entity: 'unit', record: id, fields }]);
  return id;
}

/** People of a trip, by name. */
export function livePeople(trip: string): Live<Row<'person'>[]> {
  return live(async () => {
    const people = await tripRows('person', trip);
    return people.sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  }, []);
}

export function liveUnits(trip: string): Live<Row<'unit'>[]> {
  return live(async () => {
    const units = await tripRows('unit', trip);
    return units.sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  }, []);
}
