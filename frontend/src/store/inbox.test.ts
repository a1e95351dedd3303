// The service worker's part in the share sheet, run as it is, and the app that reads what it left.
import { beforeEach, describe, expect, it } from 'vitest';

import script from '../../public/share-target.js?raw';
import { inbox } from './inbox';

type Answering = (event: { request: unknown; respondWith: (answer: Promise<Response>) => void }) => void;

/** Runs public/share-target.js as sw.js does, and hands it one request. */
async function share(form: FormData, path = '/share', method = 'POST'): Promise<string | null> {
  const listeners: Answering[] = [];
  const worker = { addEventListener: (_name: string, listener: Answering) => listeners.push(listener) };
  const redirect = { redirect: (to: string) => ({ to }) };
  new Function('self', 'Response', script)(worker, redirect);
  let answered: Promise<unknown> = Promise.resolve(null);
  const url = `https://suixing.example${path}`;
  const request = { method, url, formData: () => Promise.resolve(form) };
  listeners[0]?.({ request, respondWith: (answer) => (answered = answer) });
  return ((await answered) as { to: string } | null)?.to ?? null;
}

function formOf(files: File[], words: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const file of files) form.append('files', file);
  for (const [key, word] of Object.entries(words)) form.append(key, word);
  return form;
}

const sound = () =>
  new File([new Uint8Array([1, 2, 3])], '会议.amr', { type: 'audio/amr', lastModified: 5000 });

beforeEach(async () => {
  await inbox().items.clear();
});

describe('what another app shares', () => {
  it('lies in the store before the app is opened, with a name, a time and a new id each', async () => {
    const to = await share(formOf([sound(), new File(['x'], '图.jpg', { type: 'image/jpeg' })]));
    expect(to).toBe('/import');
    const items = await inbox().items.orderBy('at').toArray();
    const amr = items.find((item) => item.name === '会议.amr');
    expect(amr).toMatchObject({ type: 'audio/amr', lastModified: 5000, text: '' });
    expect([...new Uint8Array(amr?.data ?? new ArrayBuffer(0))]).toEqual([1, 2, 3]);
    expect(items.map((item) => item.id)).toEqual(
      items.map(() =>
        expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      ),
    );
    expect(new Set(items.map((item) => item.id)).size).toBe(2);
  });

  it('as words becomes one text; a title that only names the file says nothing', async () => {
    await share(formOf([sound()], { title: '会议' }));
    expect(await inbox().items.count()).toBe(1);
    await share(formOf([], { title: '水价', text: '每吨三元', url: 'https://example.org/a' }));
    const texts = (await inbox().items.toArray()).filter((item) => item.data === null);
    expect(texts.map((item) => item.text)).toEqual(['水价\n每吨三元\nhttps://example.org/a']);
  });

  it('is the only thing that this part of the worker answers', async () => {
    expect(await share(formOf([sound()]), '/api/v1/uploads')).toBeNull();
    expect(await share(formOf([sound()]), '/share', 'GET')).toBeNull();
    expect(await inbox().items.count()).toBe(0);
  });

  it('that cannot be kept is said', async () => {
    const form = { getAll: () => [], get: () => null } as unknown as FormData;
    expect(await share(form)).toBe('/import');
    const broken = {
      getAll: () => {
        throw new Error('unreadable');
      },
    } as unknown as FormData;
    expect(await share(broken)).toBe('/import?failed=storage_failed');
  });
});
