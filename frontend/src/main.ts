// The only starter: opens the store, mounts the app, then lets recovery and syncing begin behind it.
import { mount } from 'svelte';

import { Http } from './api/http';
import { syncApi } from './api/sync';
import { sendByTus } from './api/tus';
import { streamUrl } from './api/urls';
import App from './App.svelte';
import { checkSession, finishAllMedia, freeOld, recoverRecordings } from './domain';
import { useStore } from './domain/context';
import { useHttp } from './domain/network';
import { systemClock } from './kernel/clock';
import { SuixingDatabase } from './store/db';
import { Store } from './store/store';
import { serviceWorker } from './sw-bridge.svelte';
import { SyncEngine } from './sync/engine';
import { leadWhenFree } from './sync/leader';
import { noticeHandlers } from './sync/stream';
import { wakeOnStore } from './sync/triggers';

const store = new Store(new SuixingDatabase(), systemClock, (length) =>
  crypto.getRandomValues(new Uint8Array(length)),
);
const http = new Http();
useStore(store);
useHttp(http);

const target = document.getElementById('app');
if (target) mount(App, { target });

void serviceWorker.start();
void recoverRecordings()
  .then(finishAllMedia)
  .then(freeOld)
  .catch(() => undefined); // each is tried again at the next start; nothing was lost by the failure
void leadWhenFree('locks' in navigator ? navigator.locks : null, lead);

const STREAM_CHECK_MS = 2000;

/** Runs in one tab of this device. */
function lead(): void {
  const engine = new SyncEngine({
    store,
    api: syncApi(http),
    uploader: (transfer) => sendByTus(http, transfer),
    timers: { set: (work, ms) => setTimeout(work, ms), clear: (timer) => clearTimeout(timer as number) },
    chance: Math.random,
    onBlocked: (problem) => {
      if (problem.code === 'device_revoked') void checkSession();
    },
  });
  wakeOnStore(store.db, engine);
  listenWhileSignedIn(engine);
  addEventListener('online', () => engine.wakeNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    engine.wakeNow();
    void serviceWorker.check();
  });
  engine.wakeNow();
}

/** EventSource reconnects by itself but gives up on a refusal; it is opened again once somebody signed in. */
function listenWhileSignedIn(engine: SyncEngine): void {
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
