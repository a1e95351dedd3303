/** The address of a photo or sound while a component shows it; let go when it closes or the record changes. */
import { untrack } from 'svelte';
import { mediaSource, type MediaSource, type Row } from '../../domain';

export class Source {
  #source = $state.raw<MediaSource | null>(null);

  /** `media` is read reactively; call while a component is being set up. */
  constructor(media: () => Row<'media'> | null) {
    const id = $derived(media()?.id ?? null);
    // a new size means more sound has been stored, or that the bytes were freed
    const size = $derived(media()?.size ?? 0);
    // where the server's is shown, it can be there now
    const stage = $derived(`${media()?.stored_at} ${media()?.processing}`);
    $effect(() => {
      void [id, size, stage];
      // the row comes anew with every change of it: what is being played must not begin again
      const row = untrack(media);
      if (!row) return;
      let gone = false;
      void mediaSource(row).then((source) => {
        if (gone) source.release();
        else this.#source = source;
      });
      return () => {
        gone = true;
        this.#source?.release();
        this.#source = null;
      };
    });
  }

  get url(): string | null {
    return this.#source?.url ?? null;
  }

  get local(): boolean {
    return this.#source?.local ?? false;
  }
}
