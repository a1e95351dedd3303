/** The words of the app: `t(key)` in the language chosen here. Chinese is in the bundle, English comes when asked for. */
import { zh } from './zh';
import type { later } from './zh/later';

export type Lang = 'zh' | 'en';
export type Key = keyof typeof zh | keyof typeof later;
export type Words = Record<Key, string>;
export type Params = Record<string, string | number>;

class I18n {
  lang = $state<Lang>('zh');
  words = $state.raw<Partial<Words>>(zh);
  #chinese: Partial<Words> = zh;

  /** Shows the app in this language; English is fetched (from the cache of the app) at its first use. */
  async use(lang: Lang): Promise<void> {
    this.words = lang === 'zh' ? this.#chinese : (await import('./en')).en;
    this.lang = lang;
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }

  /** Chinese words that come with the screens which say them: the start stays small. */
  add(words: Partial<Words>): void {
    this.#chinese = { ...this.#chinese, ...words };
    if (this.lang === 'zh') this.words = this.#chinese;
  }
}

export const i18n = new I18n();

/** `{name}` is replaced; `{n|one|many}` picks a word by the number. */
export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, many) => {
    const value = params[name];
    if (value === undefined) return whole;
    return one === undefined ? String(value) : String(value === 1 ? one : many);
  });
}

export function t(key: Key, params: Params = {}): string {
  return fill(i18n.words[key] ?? key, params);
}

/** For keys that come from outside, such as the code of a problem. */
export function known(key: string): key is Key {
  return Object.hasOwn(i18n.words, key);
}

/** The sentence for a problem code of the server or of this device. */
export function problemText(code: string | null | undefined): string {
  const key = `problem.${code ?? ''}`;
  return known(key) ? t(key) : t('problem.other', { code: code ?? '?' });
}
