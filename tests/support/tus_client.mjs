// The client library that phones use, in Node: sends one file by tus and says on stdout how it goes.
// One JSON object on the command line: {endpoint, token, file, chunk, metadata, deferred, whole, size, url}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../frontend/package.json', import.meta.url));
const { Upload } = require('tus-js-client');
const wanted = JSON.parse(process.argv[2]);

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const bytes = readFileSync(wanted.file);
// As phones do while recording: pieces are read as they are asked for, and only the last one says so. (The
// library's own reader of Node streams ends with an empty piece that its Node transport never finishes.)
const source = {
  size: null,
  slice: (start, end) => {
    const value = bytes.subarray(start, Math.min(end, bytes.length));
    return Promise.resolve({ value: Object.assign(value, { size: value.length }), done: end >= bytes.length });
  },
  close: () => undefined,
};
const growing = { uploadLengthDeferred: true, fileReader: { openFile: () => Promise.resolve(source) } };
const upload = new Upload(bytes, {
  endpoint: wanted.endpoint,
  uploadUrl: wanted.url ?? null,
  chunkSize: wanted.chunk,
  uploadDataDuringCreation: wanted.whole ?? false,
  metadata: wanted.metadata,
  headers: { Authorization: `Bearer ${wanted.token}` },
  // Enough tries to outlive a server that is being started again.
  retryDelays: Array(600).fill(200),
  onUploadUrlAvailable: () => say({ url: upload.url }),
  onChunkComplete: (_size, accepted) => {
    say({ accepted });
    if (wanted.stopAt && accepted >= wanted.stopAt) void upload.abort().then(() => process.exit(0));
  },
  onSuccess: () => say({ done: true }),
  onError: (error) => {
    say({ failed: error.originalResponse?.getStatus() ?? null, body: error.originalResponse?.getBody() });
    process.exitCode = 1;
  },
  ...(wanted.deferred ? growing : {}),
});
upload.start();
