/** The item being written: stored at every keystroke, kept as a note, a promise or a question when done. */
import { createQuestion, dropDraft, keepDraft, loadDraft, type NoteDraft, saveNote } from '../../domain';
import { instant } from '../../kernel/clock';

export type Chip = 'seen' | 'said' | 'figure' | 'promise' | 'ask';
export const CHIPS: readonly Chip[] = ['seen', 'said', 'figure', 'promise', 'ask'];

export class Writer {
  text = $state('');
  chip = $state<Chip>('seen');
  speaker = $state<string | null>(null);
  /** True once everything typed so far lies in the store of this phone. */
  stored = $state(true);
  /** ISO instant of the first letter: when it was seen or said. */
  begunAt = $state<string | null>(null);
  readonly #trip: string;
  #turn = 0;
  #saving = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(trip: string) {
    this.#trip = trip;
  }

  get #key(): string {
    return `note:${this.#trip}`;
  }

  /** Takes up what was left. What was typed before it is read wins over it. */
  async open(): Promise<void> {
    const draft = await loadDraft(this.#key);
    if (!draft || this.text) return;
    const { text, chip, speaker, begunAt } = draft.content;
    if (typeof text === 'string') this.text = text;
    if (CHIPS.some((one) => one === chip)) this.chip = chip as Chip;
    this.speaker = typeof speaker === 'string' ? speaker : null;
    this.begunAt = typeof begunAt === 'string' ? begunAt : null;
  }

  /** Call after every change of text, kind or speaker. */
  keep(): void {
    if (this.text === '') this.begunAt = null;
    else this.begunAt ??= instant(Date.now());
    const turn = ++this.#turn;
    const content = { text: this.text, chip: this.chip, speaker: this.speaker, begunAt: this.begunAt };
    const empty = this.text === '' && this.speaker === null && this.chip === 'seen';
    this.stored = false;
    this.#queue = this.#queue.then(async () => {
      if (empty) await dropDraft(this.#key);
      else await keepDraft(this.#key, this.#trip, content);
      if (turn === this.#turn) this.stored = true;
    });
  }

  /** Makes the record; the draft goes in the same transaction. False when there is nothing to keep. */
  async done(stop: string | null): Promise<boolean> {
    const whole = this.text;
    const text = whole.trim();
    if (!text || this.#saving) return false;
    this.#saving = true;
    try {
      await this.#queue;
      await this.#save(text, stop);
    } finally {
      this.#saving = false;
    }
    // what was typed while it was being kept begins the next item
    this.text = this.text.startsWith(whole) ? this.text.slice(whole.length) : this.text;
    this.chip = 'seen';
    this.speaker = null;
    this.begunAt = null;
    this.stored = true;
    if (this.text) this.keep();
    return true;
  }

  async #save(text: string, stop: string | null): Promise<void> {
    if (this.chip === 'ask') {
      await createQuestion(this.#trip, { text, person: this.speaker, stop }, this.#key);
    } else {
      const draft: NoteDraft = {
        trip: this.#trip,
        kind: this.chip === 'seen' ? 'observation' : 'quote',
        text,
        stop,
        speaker: this.chip === 'seen' ? null : this.speaker,
        said_at: this.begunAt,
        draftKey: this.#key,
      };
      await saveNote(this.chip === 'promise' ? { ...draft, commitment: {} } : draft);
    }
  }
}
