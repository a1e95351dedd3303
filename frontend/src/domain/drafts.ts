// What is being typed: kept at every keystroke, gone only when it became a record or was emptied.
import { live, type Live } from '../store/live.svelte';
import type { Draft } from '../store/rows';
import { store } from './context';

/** Keeps the content of a draft; `key` is the place it is typed in, such as `note:<trip>`. */
export async function keepDraft(key: string, trip: string, content: Record<string, unknown>): Promise<void> {
  await store().db.drafts.put({ key, trip, content, at: store().clock.now() });
}

export async function loadDraft(key: string): Promise<Draft | null> {
  return (await store().db.drafts.get(key)) ?? null;
}

export async function dropDraft(key: string): Promise<void> {
  await store().db.drafts.delete(key);
}

export function liveDrafts(trip: string): Live<Draft[]> {
  return live(() => store().db.drafts.where('trip').equals(trip).toArray(), []);
}
