/** A transcript as turns of speech with the gaps and flags between them. Pure: rows in, lines out. */
import type { Row } from '../../domain';

export type Line =
  | { type: 'turn'; id: string; at: number; speaker: string | null; segments: Row<'segment'>[] }
  | { type: 'gap' | 'flag'; id: string; at: number; mark: Row<'mark'> }
  | { type: 'photo'; id: string; at: number; media: Row<'media'> };

/** Reasons that the recorder writes into a gap; everything else in it was written by a person. */
const REASONS = new Set(['muted', 'ended', 'hidden', 'frozen', 'asleep', 'silent', 'no_data', 'late']);

/** `pinned` are the photos taken while it ran. */
export function linesOf(
  segments: Row<'segment'>[],
  marks: Row<'mark'>[],
  pinned: Row<'media'>[] = [],
): Line[] {
  const moments = momentsOf(marks, pinned);
  const lines: Line[] = [];
  for (const segment of segments) {
    while (moments[0] && moments[0].at <= segment.start_ms) lines.push(...moments.splice(0, 1));
    const last = lines.at(-1);
    if (last?.type === 'turn' && last.speaker === segment.speaker) last.segments.push(segment);
    else {
      const { id, start_ms: at, speaker } = segment;
      lines.push({ type: 'turn', id, at, speaker, segments: [segment] });
    }
  }
  return [...lines, ...moments];
}

function momentsOf(marks: Row<'mark'>[], pinned: Row<'media'>[]): Line[] {
  const moments: Line[] = pinned.map((media) => ({
    type: 'photo',
    id: media.id,
    at: media.at_ms ?? 0,
    media,
  }));
  for (const mark of marks) {
    if (mark.kind === 'speaker') continue;
    moments.push({ type: mark.kind === 'gap' ? 'gap' : 'flag', id: mark.id, at: mark.at_ms, mark });
  }
  return moments.sort((a, b) => a.at - b.at);
}

/** What a person added to a mark; empty for the recorder's own reasons. */
export function addedText(mark: Row<'mark'>): string {
  return REASONS.has(mark.text) ? '' : mark.text;
}
