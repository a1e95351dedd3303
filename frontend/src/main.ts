// The only starter: opens the store, mounts the app, then lets recovery and syncing begin behind it.
import { mount } from 'svelte';

import { Http } from './api/http';
import App from './App.svelte';
import { finishAllMedia, freeOld, recoverRecordings, warmCapture } from './domain';
import { useStore } from './domain/context';
import { useHttp } from './domain/network';
import { systemClock } from './kernel/clock';
import { SuixingDatabase } from './store/db';
import { loadMerger } from './store/merger';
import { Store } from './store/store';
import { serviceWorker } from './sw-bridge.svelte';
import { leadWhenFree } from './sync/leader';

const store = new Store(new SuixingDatabase(), systemClock, (length) =>
  crypto.getRandomValues(new Uint8Array(length)),
);
const http = new Http();
useStore(store);
useHttp(http);

const target = document.getElementById('app');
if (target) mount(App, { target });

void serviceWorker.start();
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void serviceWorker.check();
});
void recoverRecordings()
  .then(finishAllMedia)
  .then(freeOld)
  .then(warmCapture)
  .then(loadMerger)
  .catch(() => undefined); // each is tried again at the next start; nothing was lost by the failure
void leadWhenFree('locks' in navigator ? navigator.locks : null, () => {
  void import('./lead').then(({ lead }) => lead(store, http));
});
