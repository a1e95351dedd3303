// Matters that captures turn into.
import type { Fields } from '../store/store';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import { store } from './context';
import { tripRows } from './rows';

export async function createMatter(
  trip: string,
  fields: Fields<'matter'> & { text: string },
): Promise<string> {
  const id = store().newId();
  await store().write([{ trip, entity: 'matter', record: id, fields }]);
  return id;
}

export function liveMatters(trip: string): Live<Row<'matter'>[]> {
  return live(() => tripRows('matter', trip), []);
}
