// Keeps the screen on while recording. The system takes the lock away when the page is hidden or power is low;
// it is asked for again as soon as the page is seen.

export class ScreenLock {
  readonly #onChange: (held: boolean) => void;
  #sentinel: WakeLockSentinel | null = null;
  #wanted = false;
  readonly #onVisible = () => {
    if (document.visibilityState === 'visible' && this.#wanted) void this.#request();
  };

  /** `onChange` hears whether the screen is kept on. */
  constructor(onChange: (held: boolean) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** True when the system granted it; recording goes on either way. */
  async hold(): Promise<boolean> {
    this.#wanted = true;
    document.addEventListener('visibilitychange', this.#onVisible);
    return this.#request();
  }

  async release(): Promise<void> {
    this.#wanted = false;
    document.removeEventListener('visibilitychange', this.#onVisible);
    await this.#sentinel?.release();
    this.#sentinel = null;
  }

  async #request(): Promise<boolean> {
    if (!('wakeLock' in navigator)) return this.#tell(false);
    if (this.#sentinel !== null && !this.#sentinel.released) return true;
    try {
      const sentinel = await navigator.wakeLock.request('screen');
      if (!this.#wanted) {
        await sentinel.release(); // the recording ended while the system thought about it
        return false;
      }
      this.#sentinel = sentinel;
      sentinel.addEventListener('release', () => this.#wanted && this.#tell(false));
      return this.#tell(true);
    } catch {
      return this.#tell(false); // refused on low battery or by the installed app of old iOS
    }
  }

  #tell(held: boolean): boolean {
    this.#onChange(held);
    return held;
  }
}
