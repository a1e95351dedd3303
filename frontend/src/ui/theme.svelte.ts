/** How the screens look on this device: theme and text size. Remembered here, applied to <html>. */

import { recall, remember } from '../i18n/remembered';

export type ThemeChoice = 'auto' | 'light' | 'dark' | 'sun';
export const THEMES: readonly ThemeChoice[] = ['auto', 'light', 'dark', 'sun'];
export const TEXT_SIZES: readonly number[] = [100, 115, 130, 150, 200];

const PAPER: Record<Exclude<ThemeChoice, 'auto'>, string> = {
  light: '#FCFBF8',
  dark: '#131519',
  sun: '#FFFFFF',
};

class Theme {
  choice = $state<ThemeChoice>('auto');
  textSize = $state(100);

  constructor() {
    const stored = recall('suixing.theme');
    if (THEMES.some((name) => name === stored)) this.choice = stored as ThemeChoice;
    const size = Number(recall('suixing.text'));
    if (TEXT_SIZES.includes(size)) this.textSize = size;
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    remember('suixing.theme', choice);
    this.apply();
  }

  chooseTextSize(percent: number): void {
    this.textSize = percent;
    remember('suixing.text', String(percent));
    this.apply();
  }

  /** Writes the choice onto the document; called once before the first paint and on each change. */
  apply(): void {
    const root = document.documentElement;
    if (this.choice === 'auto') delete root.dataset.theme;
    else root.dataset.theme = this.choice;
    root.style.fontSize = this.textSize === 100 ? '' : `${String(this.textSize)}%`;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const shown = this.choice === 'auto' ? (dark ? 'dark' : 'light') : this.choice;
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', PAPER[shown]);
  }
}

export const theme = new Theme();
