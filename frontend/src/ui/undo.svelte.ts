/** The one undo offer on screen: a sentence, a way back, ten seconds. */

const SECONDS = 10;

export interface UndoOffer {
  text: string;
  label: string;
  undo: () => unknown;
}

class Undo {
  offer = $state<UndoOffer | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(offer: UndoOffer): void {
    clearTimeout(this.#timer);
    this.offer = offer;
    this.#timer = setTimeout(() => (this.offer = null), SECONDS * 1000);
  }

  async take(): Promise<void> {
    const offer = this.offer;
    this.dismiss();
    await offer?.undo();
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.offer = null;
  }
}

export const undo = new Undo();
