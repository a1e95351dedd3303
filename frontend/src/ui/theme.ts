/** How the screens look on this device: theme and text size, written onto <html>. */

export type ThemeChoice = 'system' | 'light' | 'dark' | 'sun';
export const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark', 'sun'];
export const TEXT_SIZES: readonly number[] = [100, 115, 130, 150, 200];

const PAPER = { light: '#FCFBF8', dark: '#131519', sun: '#FFFFFF' };

export function showTheme(choice: ThemeChoice, textPercent: number): void {
  const root = document.documentElement;
  if (choice === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = choice;
  root.style.fontSize = textPercent === 100 ? '' : `${String(textPercent)}%`;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const shown = choice === 'system' ? (dark ? 'dark' : 'light') : choice;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', PAPER[shown]);
}
