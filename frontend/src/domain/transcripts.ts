// Transcripts: what the server made of a recording, and the corrections that people make to it.
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import { store } from './context';
import { latestRows, rowsReferring } from './rows';

/** The newest revision of a recording's transcript; null while there is none. */
export function liveTranscript(media: string): Live<Row<'transcript'> | null> {
  return live(async () => {
    const all = await rowsReferring('transcript', 'media', media);
    return all.sort((a, b) => b.revision - a.revision)[0] ?? null;
  }, null);
}

/** Segments in order of sound. */
export function liveSegments(media: string): Live<Row<'segment'>[]> {
  return live(async () => {
    const segments = await rowsReferring('segment', 'media', media);
    return segments.sort((a, b) => a.start_ms - b.start_ms);
  }, []);
}

/** Moments marked in a recording: speakers, flags, gaps. */
export function liveMarks(media: string): Live<Row<'mark'>[]> {
  return live(async () => {
    const marks = await rowsReferring('mark', 'media', media);
    return marks.sort((a, b) => a.at_ms - b.at_ms);
  }, []);
}

/** Recordings of a trip, newest first. */
export function liveRecordings(trip: string, limit = 200): Live<Row<'media'>[]> {
  return live(async () => {
    const media = await latestRows('media', trip, limit);
    return media.filter((row) => row.kind === 'audio');
  }, []);
}

/** A person's words outrank the machine's for ever. */
export async function correctSegment(segment: Row<'segment'>, text: string): Promise<void> {
  await store().write([{ trip: segment.trip, entity: 'segment', record: segment.id, fields: { text } }]);
}

/** Says who speaks in these segments; returns what undoes it. */
export async function nameSpeaker(
  segments: readonly Row<'segment'>[],
  speaker: string | null,
): Promise<() => Promise<void>> {
  const set = (who: (segment: Row<'segment'>) => string | null) =>
    store().write(
      segments.map((segment) => ({
        trip: segment.trip,
        entity: 'segment' as const,
        record: segment.id,
        fields: { speaker: who(segment) },
      })),
    );
  await set(() => speaker);
  return () => set((segment) => segment.speaker);
}
