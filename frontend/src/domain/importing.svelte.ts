// Files from elsewhere: the phone's own recorder, another app's share sheet. Several at once, with their progress.
import { recording } from './recording.svelte';
import { toProblem } from '../kernel/problem';
import { inbox } from '../store/inbox';
import { addFile, type MediaPlace } from './media';
import { saveNote } from './notes';
import { store } from './context';
import type { InboxItem } from '../store/inbox';

export type { InboxItem };

export interface Importing {
  name: string;
  /** 0 to 1: stored, then hashed. */
  done: number;
  /** Set once it lies on this phone. */
  media: string | null;
  problem: string | null;
}

class Imports {
  /** What is being taken in, and what was taken in by this visit until `clear`. */
  items = $state<Importing[]>([]);

  get running(): boolean {
    return this.items.some((item) => item.problem === null && item.done < 1);
  }

  /** Takes files in one after the other; one that fails does not stop the others. */
  async add(files: readonly File[], place: MediaPlace): Promise<void> {
    recording.problem = null;
    const rows = files.map((file) => this.#row(file.name));
    for (const [n, row] of rows.entries()) {
      const file = files[n];
      if (file) await this.#take(row, file, place);
    }
  }

  /** Gives handed-over items their place; each leaves the inbox only when it lies in the store. */
  async place(items: readonly InboxItem[], place: MediaPlace): Promise<void> {
    for (const item of items) {
      if (item.data === null) await this.#placeText(item, place);
      else {
        const row = await this.#take(this.#row(item.name), fileOf(item, item.data), place, item.id);
        if (row.media === null) continue;
      }
      await inbox().items.delete(item.id);
    }
  }

  clear(): void {
    this.items = [];
  }

  #row(name: string): Importing {
    this.items.push({ name, done: 0, media: null, problem: null });
    return this.items[this.items.length - 1] as Importing; // the reactive one
  }

  async #take(row: Importing, file: File, place: MediaPlace, id?: string): Promise<Importing> {
    const onProgress = (done: number) => {
      row.done = done;
    };
    try {
      row.media = await addFile(file, place, { placed: false, onProgress, ...(id ? { id } : {}) });
    } catch (failure) {
      row.problem = toProblem(failure).code;
    }
    return row;
  }

  async #placeText(item: InboxItem, { trip, stop = null }: MediaPlace): Promise<void> {
    if (await store().db.rows('note').get(item.id)) return;
    await saveNote({ id: item.id, trip, stop, kind: 'observation', text: item.text, lat: null });
  }
}

export const imports = new Imports();

function fileOf({ name, type, lastModified }: InboxItem, data: ArrayBuffer): File {
  return new File([data], name, { type, lastModified });
}

/** What another app handed over and nobody has given a place yet, oldest first. */
export async function waitingInbox(): Promise<InboxItem[]> {
  return inbox().items.orderBy('at').toArray();
}

/** Throws an item away; the returned function brings it back. */
export async function discardInbox(item: InboxItem): Promise<() => Promise<unknown>> {
  await inbox().items.delete(item.id);
  return () => inbox().items.put(item);
}
