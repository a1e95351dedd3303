// The page's only door to the service worker: is the app ready for offline, is an update waiting, take it now.
import { anyRecording } from './capture/locks';

class ServiceWorkerBridge {
  /** Everything the app needs to start without network lies in the cache. */
  offlineReady = $state(false);
  /** A new version waits; it is taken when the user says so. */
  updateWaiting = $state(false);
  /** False where browsers allow no service worker: plain http on another machine, or private windows. */
  readonly supported = typeof navigator !== 'undefined' && 'serviceWorker' in navigator;
  #registration: ServiceWorkerRegistration | null = null;
  #accepted = false;

  /** Called once by `main.ts`. */
  async start(): Promise<void> {
    if (!this.supported || import.meta.env.DEV) return;
    const worker = navigator.serviceWorker;
    worker.addEventListener('controllerchange', () => {
      // Never by surprise: only the tab in which the user agreed reloads.
      if (this.#accepted) location.reload();
    });
    // A chunk of an older version is gone after an update in another tab: only a reload helps.
    addEventListener('vite:preloadError', () => {
      this.updateWaiting = true;
    });
    try {
      this.#registration = await worker.register('/sw.js');
    } catch {
      return; // blocked by the browser's settings; the app works, but only with network
    }
    this.#watch(this.#registration);
    await worker.ready;
    this.offlineReady = true;
  }

  /** Looks for a new version; called when the page becomes visible. */
  async check(): Promise<void> {
    await this.#registration?.update().catch(() => undefined);
  }

  /** Takes the waiting version and reloads; refused (false) while any tab of this device records. */
  async update(): Promise<boolean> {
    if (await anyRecording()) return false;
    const waiting = this.#registration?.waiting;
    if (!waiting) {
      location.reload();
      return true;
    }
    this.#accepted = true;
    waiting.postMessage({ type: 'SKIP_WAITING' });
    return true;
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const offer = () => {
      if (registration.waiting && navigator.serviceWorker.controller) this.updateWaiting = true;
    };
    offer();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', offer);
    });
  }
}

export const serviceWorker = new ServiceWorkerBridge();
