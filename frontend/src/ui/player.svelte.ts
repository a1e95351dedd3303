/** One sound at a time for the whole page: a clip of a recording, or all of it. */

class Player {
  source = $state<string | null>(null);
  playing = $state(false);
  failed = $state(false);
  at = $state(0); // seconds
  duration = $state(0);
  rate = $state(1);
  #audio: HTMLAudioElement | null = null;
  #until = Infinity;
  #owner: unknown = null;

  /** Is this the sound (and the clip) that plays now? */
  isPlaying(owner: unknown): boolean {
    return this.playing && this.#owner === owner;
  }

  /** Takes up a source without playing it; seconds are kept when it is the same one. */
  load(source: string): HTMLAudioElement {
    this.#audio ??= this.#make();
    if (this.source !== source) {
      this.source = source;
      this.failed = false;
      this.at = 0;
      this.duration = 0;
      this.#audio.src = source;
    }
    return this.#audio;
  }

  /** Plays from a second on, to `until` at most. */
  async play(source: string, from: number | null = null, until = Infinity, owner: unknown = source) {
    const audio = this.load(source);
    this.#owner = owner;
    this.#until = until;
    if (from !== null) audio.currentTime = Math.max(0, from);
    audio.playbackRate = this.rate;
    try {
      await audio.play();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed = true;
    }
  }

  pause(): void {
    this.#audio?.pause();
  }

  seek(seconds: number): void {
    if (!this.#audio) return;
    this.#until = Infinity;
    const end = Number.isFinite(this.duration) && this.duration > 0 ? this.duration : Infinity;
    this.#audio.currentTime = Math.min(end, Math.max(0, seconds));
    this.at = this.#audio.currentTime;
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.#audio) this.#audio.playbackRate = rate;
  }

  /** Lets go of the sound, for instance when its page closes. */
  stop(): void {
    this.#audio?.pause();
    this.#audio?.removeAttribute('src');
    this.source = null;
    this.playing = false;
  }

  #make(): HTMLAudioElement {
    const audio = new Audio();
    audio.preload = 'metadata';
    audio.addEventListener('play', () => (this.playing = true));
    audio.addEventListener('pause', () => (this.playing = false));
    audio.addEventListener('ended', () => (this.playing = false));
    audio.addEventListener('error', () => {
      this.failed = this.source !== null;
      this.playing = false;
    });
    audio.addEventListener('durationchange', () => (this.duration = audio.duration));
    audio.addEventListener('timeupdate', () => {
      this.at = audio.currentTime;
      if (audio.currentTime >= this.#until) audio.pause();
    });
    return audio;
  }
}

export const player = new Player();
