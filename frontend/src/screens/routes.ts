/** Which address shows which screen. A route with `list` shows it at the left of the page on a tablet. */
import type { Component } from 'svelte';

export type Tab = 'capture' | 'trip' | 'minutes' | 'matters' | 'me';
export type Loader = () => Promise<{ default: Component<Record<string, string>> }>;

export interface Route {
  tab: Tab | null;
  list: Loader | null;
  page: Loader | null;
  params: Record<string, string>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every screen has props of its own, all texts of the address
const screen = (load: () => Promise<{ default: Component<any> }>): Loader => load as Loader;

const trip = screen(() => import('./trip/Trip.svelte'));
const minutes = screen(() => import('./minutes/Minutes.svelte'));
const matters = screen(() => import('./matters/Matters.svelte'));
const me = screen(() => import('./me/Me.svelte'));
export const recordingBar = screen(() => import('./parts/RecordingBar.svelte'));
export const recordingAlarm = screen(() => import('./parts/RecordingAlarm.svelte'));
export const lost = screen(() => import('./lost/Lost.svelte'));

interface Rule {
  path: string;
  tab?: Tab;
  list?: Loader;
  page?: Loader;
}

const RULES: readonly Rule[] = [
  { path: '/capture', tab: 'capture', page: screen(() => import('./capture/Capture.svelte')) },
  { path: '/import', page: screen(() => import('./import/Import.svelte')) },
  { path: '/record', page: screen(() => import('./record/Record.svelte')) },
  { path: '/trip', tab: 'trip', list: trip },
  { path: '/trip/stop/:id', tab: 'trip', list: trip, page: screen(() => import('./stop/Stop.svelte')) },
  { path: '/minutes', tab: 'minutes', list: minutes },
  { path: '/note/:id', tab: 'minutes', list: minutes, page: screen(() => import('./note/Note.svelte')) },
  { path: '/photo/:id', tab: 'minutes', list: minutes, page: screen(() => import('./photo/Photo.svelte')) },
  { path: '/deleted', tab: 'minutes', list: minutes, page: screen(() => import('./minutes/Deleted.svelte')) },
  {
    path: '/recording/:id',
    tab: 'minutes',
    list: minutes,
    page: screen(() => import('./sound/Sound.svelte')),
  },
  { path: '/matters', tab: 'matters', list: matters },
  {
    path: '/verify/:id',
    tab: 'matters',
    list: matters,
    page: screen(() => import('./verify/Verify.svelte')),
  },
  {
    path: '/question/:id',
    tab: 'matters',
    list: matters,
    page: screen(() => import('./matters/Question.svelte')),
  },
  {
    path: '/promise/:id',
    tab: 'matters',
    list: matters,
    page: screen(() => import('./matters/Promise.svelte')),
  },
  { path: '/me', tab: 'me', list: me },
  { path: '/trips', tab: 'me', list: me, page: screen(() => import('./trips/Trips.svelte')) },
  { path: '/sync', tab: 'me', list: me, page: screen(() => import('./sync/Sync.svelte')) },
  { path: '/custody', tab: 'me', list: me, page: screen(() => import('./custody/Custody.svelte')) },
  { path: '/copy', tab: 'me', list: me, page: screen(() => import('./copy/Copy.svelte')) },
  { path: '/rehearsal', tab: 'me', list: me, page: screen(() => import('./rehearsal/Rehearsal.svelte')) },
  { path: '/people', tab: 'me', list: me, page: screen(() => import('./people/People.svelte')) },
  { path: '/units', tab: 'me', list: me, page: screen(() => import('./units/Units.svelte')) },
  { path: '/units/:id/earlier', tab: 'me', list: me, page: screen(() => import('./units/Earlier.svelte')) },
  { path: '/members', tab: 'me', list: me, page: screen(() => import('./members/Members.svelte')) },
  { path: '/settings', tab: 'me', list: me, page: screen(() => import('./settings/Settings.svelte')) },
  { path: '/signin', page: screen(() => import('./signin/SignIn.svelte')) },
  { path: '/setup', page: screen(() => import('./setup/Setup.svelte')) },
  { path: '/join/:token', page: screen(() => import('./join/Join.svelte')) },
];

function match(rule: Rule, path: string): Record<string, string> | null {
  const names = rule.path.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [n, name] of names.entries()) {
    const part = parts[n] ?? '';
    if (name.startsWith(':') && part) params[name.slice(1)] = decodeURIComponent(part);
    else if (name !== part) return null;
  }
  return params;
}

export function routeOf(path: string): Route {
  const plain = path === '/' ? '/capture' : path.replace(/\/$/, '');
  for (const rule of RULES) {
    const params = match(rule, plain);
    if (params) return { tab: rule.tab ?? null, list: rule.list ?? null, page: rule.page ?? null, params };
  }
  return { tab: null, list: null, page: lost, params: {} };
}
