// What was captured, newest first: notes and media of a trip or of one stop.
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import { latestRows, rowsReferring } from './rows';

export type TimelineItem =
  | { type: 'note'; id: string; at: string; note: Row<'note'>; media: Row<'media'>[] }
  | { type: 'media'; id: string; at: string; media: Row<'media'> };

export interface TimelineQuery {
  trip: string;
  stop?: string;
  /** How many to read; ask for more when the list is scrolled to its end. */
  limit?: number;
}

/** Notes carry their own media; media without a note stand for themselves. */
export function liveTimeline(query: TimelineQuery): Live<TimelineItem[]> {
  return live(() => timeline(query), []);
}

export async function timeline({ trip, stop, limit = 100 }: TimelineQuery): Promise<TimelineItem[]> {
  const [notes, media] =
    stop === undefined
      ? await Promise.all([latestRows('note', trip, limit), latestRows('media', trip, limit)])
      : await Promise.all([rowsReferring('note', 'stop', stop), rowsReferring('media', 'stop', stop)]);
  const noteIds = new Set(notes.map((note) => note.id));
  const items: TimelineItem[] = notes.map((note) => ({
    type: 'note',
    id: note.id,
    at: note.said_at ?? note.created_at ?? '',
    note,
    media: media.filter((row) => row.note === note.id),
  }));
  for (const row of media) {
    if (row.note !== null && noteIds.has(row.note)) continue;
    items.push({ type: 'media', id: row.id, at: row.captured_at ?? row.created_at ?? '', media: row });
  }
  return items.sort((a, b) => b.at.localeCompare(a.at)).slice(0, limit);
}
