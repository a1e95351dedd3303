/** A transcript as turns of speech with the gaps and flags between them. Pure: rows in, lines out. */
import type { Row } from '../../domain';

export type Line =
  | { type: 'turn'; id: string; at: number; speaker: string | null; segments: Row<'segment'>[] }
  | { type: 'gap' | 'flag'; id: string; at: number; mark: Row<'mark'> };

/** Reasons that the recorder writes into a gap; everything else in it was written by a person. */
const REASONS = new Set(['muted', 'ended', 'hidden', 'frozen', 'silent', 'no_data', 'late']);

export function linesOf(segments: Row<'segment'>[], marks: Row<'mark'>[]): Line[] {
  const others = marks.filter((mark) => mark.kind !== 'speaker');
  const lines: Line[] = [];
  let next = 0;
  for (const segment of segments) {
    while (next < others.length && (others[next]?.at_ms ?? Infinity) <= segment.start_ms) {
      push(lines, others[next++]);
    }
    const last = lines.at(-1);
    if (last?.type === 'turn' && last.speaker === segment.speaker) last.segments.push(segment);
    else {
      const { id, start_ms: at, speaker } = segment;
      lines.push({ type: 'turn', id, at, speaker, segments: [segment] });
    }
  }
  while (next < others.length) push(lines, others[next++]);
  return lines;
}

function push(lines: Line[], mark: Row<'mark'> | undefined): void {
  if (!mark) return;
  lines.push({ type: mark.kind === 'gap' ? 'gap' : 'flag', id: mark.id, at: mark.at_ms, mark });
}

/** What a person added to a mark; empty for the recorder's own reasons. */
export function addedText(mark: Row<'mark'>): string {
  return REASONS.has(mark.text) ? '' : mark.text;
}
