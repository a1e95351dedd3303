// Fails the build when the client grows over its budgets (gzip -9): start <= 90 KB, each lazy chunk <= 60 KB.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url).pathname;
const START_KB = 90;
const LAZY_KB = 60;
const PRECACHE_KB = 900;

const kilobytes = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1024;
const html = readFileSync(join(DIST, 'index.html'), 'utf8');

// What the page itself names (script and modulepreload), and what those files import statically.
const start = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]));
const queue = [...start];
for (let file = queue.pop(); file; file = queue.pop()) {
  const text = readFileSync(join(DIST, file), 'utf8');
  for (const match of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    const found = `assets/${match[1]}`;
    if (!start.has(found)) queue.push(found);
    start.add(found);
  }
}

const all = readdirSync(join(DIST, 'assets'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => `assets/${name}`);
const startKb = [...start].reduce((sum, file) => sum + kilobytes(file), 0);
const lazy = all.filter((file) => !start.has(file)).map((file) => [file, kilobytes(file)]);
const precacheKb = readdirSync(DIST, { recursive: true })
  .map((file) => join(DIST, file))
  .filter((file) => statSync(file).isFile() && !file.endsWith('sw.js'))
  .reduce((sum, file) => sum + statSync(file).size / 1024, 0);

const faults = lazy
  .filter(([, size]) => size > LAZY_KB)
  .map(([file, size]) => `${file} is ${size.toFixed(1)} KB gz > ${LAZY_KB}`);
if (startKb > START_KB) faults.push(`start is ${startKb.toFixed(1)} KB gz > ${START_KB}`);
if (precacheKb > PRECACHE_KB) faults.push(`precache is ${precacheKb.toFixed(0)} KB > ${PRECACHE_KB}`);
if (/<script(?![^>]*\bsrc=)/.test(html))
  faults.push('index.html holds an inline script, which the CSP refuses');

console.log(
  `start ${startKb.toFixed(1)} KB gz, largest lazy ${Math.max(0, ...lazy.map(([, size]) => size)).toFixed(1)} KB gz, precache ${precacheKb.toFixed(0)} KB`,
);
if (faults.length) {
  console.error(faults.join('\n'));
  process.exit(1);
}
