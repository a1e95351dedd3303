// Notes: one captured statement or sight each.
import type { NoteCertainty, NoteKind, Sensitivity } from '../generated/entities';
import { allowedPosition } from '../capture/position';
import { instant } from '../kernel/clock';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import type { Fields, Write } from '../store/store';
import { store } from './context';
import { rowById, rowsReferring } from './rows';

export interface NoteDraft {
  trip: string;
  kind: NoteKind;
  text: string;
  stop?: string | null;
  forum?: string | null;
  /** A person's id. */
  speaker?: string | null;
  /** ISO instant; the time of saving when absent. */
  said_at?: string | null;
  lat?: number | null;
  lon?: number | null;
  certainty?: NoteCertainty | null;
  sensitivity?: Sensitivity;
  /** 承诺: also makes a commitment out of the note. */
  commitment?: { owner?: { kind: 'person' | 'user' | 'unit'; id: string } | null; due_on?: string | null };
  /** The draft that this becomes; it is dropped in the same transaction. */
  draftKey?: string;
  /** The id it will have, when something else knows it already. */
  id?: string;
}

/** Saves a note; the draft under `draftKey` goes in the same transaction. Returns the note's id. */
export async function saveNote(draft: NoteDraft): Promise<string> {
  const { trip, commitment, draftKey, id = store().newId(), ...given } = draft;
  const fields: Fields<'note'> = { ...given, said_at: given.said_at ?? instant(store().clock.now()) };
  const writes: Write[] = [{ trip, entity: 'note', record: id, fields }];
  if (commitment) writes.push(commitmentOf(draft, id, commitment));
  const { drafts } = store().db;
  await store().write(writes, {
    also: [drafts],
    inside: async () => {
      if (draftKey) await drafts.delete(draftKey);
    },
  });
  if (given.lat === undefined) void placeNote({ id, trip });
  return id;
}

const POSITION_WAIT_MS = 10_000;

/** Adds the place once the device knows it; the note itself never waits for it. */
async function placeNote(note: { id: string; trip: string }): Promise<void> {
  const position = await allowedPosition(POSITION_WAIT_MS);
  if (position !== null) await updateNote(note, { ...position });
}

function commitmentOf(
  draft: NoteDraft,
  note: string,
  given: NonNullable<NoteDraft['commitment']>,
): Write<'matter'> {
  const fields: Fields<'matter'> = {
    kind: 'commitment',
    text: draft.text,
    owner: given.owner ?? (draft.speaker ? { kind: 'person', id: draft.speaker } : null),
    due_on: given.due_on ?? null,
    raised_by: draft.speaker ?? null,
    source: { entity: 'note', record: note },
  };
  return { trip: draft.trip, entity: 'matter', record: store().newId(), fields };
}

export async function updateNote(note: { id: string; trip: string }, fields: Fields<'note'>): Promise<void> {
  await store().write([{ trip: note.trip, entity: 'note', record: note.id, fields }]);
}

export function liveNote(id: string): Live<Row<'note'> | null> {
  return live(() => rowById('note', id), null);
}

/** Photos and recordings that belong to a note. */
export function liveNoteMedia(note: string): Live<Row<'media'>[]> {
  return live(() => rowsReferring('media', 'note', note), []);
}
