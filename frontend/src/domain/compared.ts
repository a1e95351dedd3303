// What the server could compare so far, said when it found nothing: never "all consistent".
import { live, type Live } from '../store/live.svelte';
import { tripRows } from './rows';

export interface Compared {
  /** Recordings with a transcript. */
  transcribed: number;
  /** Recordings with passages nobody can be sure of; these were left out. */
  unsure: number;
}

export function liveCompared(trip: string): Live<Compared> {
  return live(
    async () => {
      const transcripts = await tripRows('transcript', trip);
      const done = transcripts.filter(({ state }) => state === 'done' || state === 'partial');
      const segments = await tripRows('segment', trip);
      const unsure = segments.filter(({ reliable }) => !reliable);
      return { transcribed: distinct(done), unsure: distinct(unsure) };
    },
    { transcribed: 0, unsure: 0 },
  );
}

function distinct(rows: { media: string }[]): number {
  return new Set(rows.map(({ media }) => media)).size;
}
