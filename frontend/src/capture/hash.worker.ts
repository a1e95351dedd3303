// Hashes what it is handed and asks for the next piece; one worker per file.
import { createSHA256 } from 'hash-wasm';

import type { HashAnswer, HashRequest } from './hash';

declare const self: DedicatedWorkerGlobalScope;

const hasher = await createSHA256();
hasher.init();

self.onmessage = (event: MessageEvent<HashRequest>) => {
  if (event.data.type === 'chunk') {
    hasher.update(new Uint8Array(event.data.data));
    say({ type: 'next' });
  } else {
    say({ type: 'hash', sha256: hasher.digest('hex') });
  }
};
say({ type: 'next' });

function say(answer: HashAnswer): void {
  self.postMessage(answer);
}
