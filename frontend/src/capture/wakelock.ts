// Keeps the screen on while recording; the system takes the lock away when the page is hidden, so it is asked for again.

export class ScreenLock {
  #sentinel: WakeLockSentinel | null = null;
  #wanted = false;
  readonly #onVisible = () => {
    if (document.visibilityState === 'visible' && this.#wanted) void this.#request();
  };

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
    if (!('wakeLock' in navigator)) return false;
    try {
      this.#sentinel = await navigator.wakeLock.request('screen');
      return true;
    } catch {
      return false; // refused on low battery or by the installed app of old iOS
    }
  }
}
