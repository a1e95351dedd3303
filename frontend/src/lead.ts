// What the one leading tab runs: the sync engine with its triggers. Loaded after the first screen is drawn.
import type { Http } from './api/http';
import { syncApi } from './api/sync';
import { sendByTus } from './api/tus';
import { streamUrl } from './api/urls';
import { noteOpened } from './domain/guard';
import { checkSession } from './domain/session';
import { UnsentTeller } from './domain/telling';
import { liveUploadAllowed } from './domain/upload-when';
import type { Store } from './store/store';
import { serviceWorker } from './sw-bridge.svelte';
import { SyncEngine } from './sync/engine';
import { LiveUpload } from './sync/live-upload';
import type { Timers } from './sync/parts';
import { noticeHandlers } from './sync/stream';
import { wakeOnStore } from './sync/triggers';
import type { Uploader } from './sync/upload';

const STREAM_CHECK_MS = 2000;
const CLIENT_TOO_OLD = 426;

export function lead(store: Store, http: Http): void {
  const teller = new UnsentTeller();
  const uploader: Uploader = (transfer) => sendByTus(http, transfer);
  const timers: Timers = {
    set: (work, ms) => setTimeout(work, ms),
    clear: (timer) => clearTimeout(timer as number),
  };
  const engine = new SyncEngine({
    store,
    api: syncApi(http),
    uploader: async (transfer) => {
      await live.settled();
      return uploader(transfer);
    },
    timers,
    chance: Math.random,
    onRound: () => void teller.tell(),
    onBlocked: (problem) => {
      if (problem.code === 'device_revoked') void checkSession();
      if (problem.status === CLIENT_TOO_OLD) void serviceWorker.check();
    },
  });
  const live = new LiveUpload({
    store,
    uploader,
    timers,
    engine: () => engine.status,
    allowed: liveUploadAllowed,
  });
  live.start();
  wakeOnStore(store.db, engine);
  listenWhileSignedIn(http, engine);
  addEventListener('online', () => engine.wakeNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      void noteOpened();
      engine.wakeNow();
    } else void teller.tellLast();
  });
  void noteOpened();
  engine.wakeNow();
}

/** EventSource reconnects by itself but gives up on a refusal; it is opened again once somebody signed in. */
function listenWhileSignedIn(http: Http, engine: SyncEngine): void {
  const handlers = noticeHandlers(engine);
  let source: EventSource | null = null;
  setInterval(() => {
    const isOpen = source !== null && source.readyState !== EventSource.CLOSED;
    if (isOpen || http.csrf === null || !navigator.onLine) return;
    source = new EventSource(streamUrl());
    source.onopen = handlers.opened;
    source.onmessage = (event) => handlers.said(event.data);
  }, STREAM_CHECK_MS);
}
