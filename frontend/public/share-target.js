// Part of the service worker: takes what another app shares (POST /share) into IndexedDB, then opens the app.
// Classic script, loaded by sw.js; works without network and while the app is closed. src/store/inbox.ts reads it.
'use strict';

const INBOX = 'suixing-inbox';
const INBOX_VERSION = 10;

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'POST' || new URL(url).pathname !== '/share') return;
  event.respondWith(takeShared(event.request));
});

/** Redirects only after the transaction is complete: whatever is killed then, the files are here. */
async function takeShared(request) {
  try {
    const items = await readShared(await request.formData());
    await storeShared(items);
    return Response.redirect('/import', 303);
  } catch (error) {
    const why = error && error.name === 'QuotaExceededError' ? 'phone_full' : 'storage_failed';
    return Response.redirect(`/import?failed=${why}`, 303);
  }
}

async function readShared(form) {
  const now = Date.now();
  const items = [];
  for (const value of form.getAll('files')) {
    if (typeof value === 'string' || value.size === 0) continue;
    const { name, type, lastModified } = value;
    items.push({ id: newId(), name, type, lastModified, data: await value.arrayBuffer(), text: '', at: now });
  }
  const words = ['title', 'text', 'url'].map((key) => form.get(key)).filter((word) => typeof word === 'string');
  const text = [...new Set(words.map((word) => word.trim()))].filter(Boolean).join('\n');
  // A file's own name comes along as title with some apps: it is no statement.
  if (text && !items.some((item) => item.name.startsWith(text))) {
    items.push({ id: newId(), name: '', type: 'text/plain', lastModified: now, data: null, text, at: now });
  }
  return items;
}

async function storeShared(items) {
  const db = await openInbox();
  try {
    await new Promise((resolve, reject) => {
      const work = db.transaction('items', 'readwrite', { durability: 'strict' });
      for (const item of items) work.objectStore('items').add(item);
      work.oncomplete = resolve;
      work.onabort = () => reject(work.error);
    });
  } finally {
    db.close();
  }
}

function openInbox() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(INBOX, INBOX_VERSION);
    request.onupgradeneeded = () => {
      if (request.result.objectStoreNames.contains('items')) return;
      request.result.createObjectStore('items', { keyPath: 'id' }).createIndex('at', 'at');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** UUIDv7, as src/kernel/ids.ts makes them. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const ms = Date.now();
  for (let n = 0; n < 6; n += 1) bytes[n] = Math.floor(ms / 2 ** (8 * (5 - n))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [0, 8, 12, 16, 20].map((from, n, all) => hex.slice(from, all[n + 1])).join('-');
}
