/** One sound at a time for the whole page: a clip of a recording, or all of it. */

class Player {
  source = $state<string | null>(null);
  playing = $state(false);
  failed = $state(false);
  at = $state(0); // seconds
  rate = $state(1);
  #audio: HTMLAudioElement | null = null;
  #until = Infinity;
  #owner = $state<unknown>(null);
  #ready: Promise<void> = Promise.resolve();

  /** Is this the sound (or the clip) that plays now? */
  isPlaying(owner: unknown): boolean {
    return this.playing && this.#owner === owner;
  }

  /** Takes up a source without playing it. */
  load(source: string): HTMLAudioElement {
    const audio = (this.#audio ??= this.#make());
    if (this.source !== source) {
      this.source = source;
      this.failed = false;
      this.at = 0;
      this.#ready = becomeSeekable(audio);
      this.#ready.catch(() => undefined); // told by the error event; nobody may be waiting for it
      audio.src = source;
    }
    return audio;
  }

  /** Plays from a second on (or on from where it stands), to `until` at most. */
  async play(
    source: string,
    from: number | null = null,
    until = Infinity,
    owner: unknown = source,
  ): Promise<void> {
    const audio = this.load(source);
    this.#owner = owner;
    this.#until = until;
    try {
      await this.#ready;
      if (from !== null) audio.currentTime = Math.max(0, from);
      audio.playbackRate = this.rate;
      await audio.play();
    } catch (error) {
      // taken over by another clip before it began: no failure
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed = true;
    }
  }

  pause(): void {
    this.#audio?.pause();
  }

  seek(seconds: number): void {
    if (!this.#audio) return;
    this.#until = Infinity;
    this.#audio.currentTime = Math.max(0, seconds);
    this.at = this.#audio.currentTime;
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.#audio) this.#audio.playbackRate = rate;
  }

  /** Lets go of the sound, for instance when its page closes. */
  stop(): void {
    this.#audio?.pause();
    this.source = null;
    this.playing = false;
    this.#owner = null;
  }

  #make(): HTMLAudioElement {
    const audio = new Audio();
    audio.preload = 'metadata';
    const playing = (now: boolean) => () => (this.playing = now);
    audio.addEventListener('play', playing(true));
    audio.addEventListener('pause', playing(false));
    audio.addEventListener('ended', playing(false));
    audio.addEventListener('error', () => {
      this.failed = this.source !== null;
      this.playing = false;
    });
    audio.addEventListener('timeupdate', () => {
      this.at = audio.currentTime;
      if (audio.currentTime >= this.#until) audio.pause();
    });
    return audio;
  }
}

/** A recording of MediaRecorder does not say its length; a jump past its end makes the browser find it. */
function becomeSeekable(audio: HTMLAudioElement): Promise<void> {
  return new Promise((resolve, reject) => {
    audio.addEventListener('error', () => reject(new Error('media')), { once: true });
    audio.addEventListener(
      'loadedmetadata',
      () => {
        if (Number.isFinite(audio.duration)) return resolve();
        const found = () => {
          if (!Number.isFinite(audio.duration)) return;
          audio.removeEventListener('durationchange', found);
          audio.currentTime = 0;
          resolve();
        };
        audio.addEventListener('durationchange', found);
        audio.currentTime = Number.MAX_SAFE_INTEGER;
      },
      { once: true },
    );
  });
}

export const player = new Player();
