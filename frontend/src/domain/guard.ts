// The one light of this device: can what is unsent be lost, why, and what mends it. The decision is pure.
import { isCamera } from './camera';
import { askToPersist, deviceRoom, freeStored } from './custody';
import { store } from './context';
import { inboxFigures } from '../store/inbox';
import { readSetting, writeSetting } from '../store/settings';
import { lastCopy } from './copy/last';
import { isUnsent } from './outbox';
import { unsentByTrip } from './unsent';

export type Platform = 'ios' | 'android' | 'desktop';
export type Light = 'green' | 'amber' | 'red';
export type GuardCode =
  | 'all_sent'
  | 'drafts'
  | 'refused'
  | 'kept'
  | 'holding'
  | 'tab_clock'
  | 'tab_left'
  | 'tab_copied'
  | 'old'
  | 'no_room'
  | 'low_room'
  | 'evictable';
export type Mend = 'repair' | 'place' | 'send' | 'signin' | 'install' | 'persist' | 'copy' | 'free';

export interface GuardFacts {
  platform: Platform;
  /** Opened from the home screen, not as a page of the browser. */
  installed: boolean;
  /** The system promised not to evict; null = it cannot be asked. */
  persisted: boolean | null;
  /** Minutes of sound that still fit; null = not told. */
  audioMinutes: number | null;
  /** Bytes of originals that the server has. */
  freeable: number;
  /** Records and files without a receipt. */
  unsent: number;
  /** Those of them that the server refused: they do not go by themselves, only a person can mend them. */
  refused: number;
  /** Those of them that another app handed over and that have no place yet. */
  shared: number;
  /** Age of the oldest of them. */
  oldestMs: number;
  /** How long the app had not been opened before this time. */
  awayMs: number;
  /** A spare copy was made after the newest of them. */
  copied: boolean;
  signedIn: boolean;
  /** Texts that were begun and not put down: they are on this device only, and are not sent as they are. */
  drafts: number;
}

export interface GuardVerdict {
  light: Light;
  code: GuardCode;
  /** Whole days of the clock that runs. */
  days: number;
  mends: Mend[];
}

const DAY_MS = 86_400_000;
/** Safari clears the storage of a page that was not used for so many days. */
export const TAB_DAYS = 7;
const AMBER_DAYS = 3;
const RED_DAYS = 4;
const NO_ROOM_MINUTES = 10;
const LOW_ROOM_MINUTES = 60;

/** The worst that can happen counts; room first, for without it nothing more can be captured. */
export function judgeGuard(facts: GuardFacts): GuardVerdict {
  const days = Math.floor(Math.max(facts.oldestMs, facts.awayMs) / DAY_MS);
  const mends = mendsOf(facts);
  const room = facts.audioMinutes ?? Infinity;
  if (room < NO_ROOM_MINUTES) return { light: 'red', code: 'no_room', days, mends };
  const held = judgeHeld(facts, days);
  if (held.light === 'green' && room < LOW_ROOM_MINUTES)
    return { light: 'amber', code: 'low_room', days, mends };
  return { ...held, days, mends };
}

interface Rule {
  code: GuardCode;
  light: Light;
  holds: (facts: GuardFacts, days: number) => boolean;
}

const isTab = ({ platform, installed }: GuardFacts) => platform === 'ios' && !installed;
const isLoose = ({ persisted, installed }: GuardFacts) => persisted === false && !installed;

/** The first that holds counts. */
const RULES: readonly Rule[] = [
  { code: 'drafts', light: 'green', holds: ({ unsent, drafts }) => unsent === 0 && drafts > 0 },
  { code: 'all_sent', light: 'green', holds: ({ unsent }) => unsent === 0 },
  {
    code: 'tab_clock',
    light: 'red',
    holds: (facts, days) => isTab(facts) && days >= RED_DAYS && !facts.copied,
  },
  { code: 'refused', light: 'amber', holds: ({ refused }) => refused > 0 },
  { code: 'tab_left', light: 'green', holds: (facts, days) => isTab(facts) && days < AMBER_DAYS },
  { code: 'tab_copied', light: 'amber', holds: (facts) => isTab(facts) && facts.copied },
  { code: 'tab_clock', light: 'amber', holds: isTab },
  { code: 'old', light: 'amber', holds: ({ copied }, days) => days >= AMBER_DAYS && !copied },
  { code: 'kept', light: 'green', holds: ({ persisted }) => persisted === true },
  {
    code: 'evictable',
    light: 'amber',
    holds: (facts, days) => isLoose(facts) && days >= 1 && !facts.copied,
  },
];

function judgeHeld(facts: GuardFacts, days: number): Pick<GuardVerdict, 'light' | 'code'> {
  const rule = RULES.find(({ holds }) => holds(facts, days));
  return rule ? { light: rule.light, code: rule.code } : { light: 'green', code: 'holding' };
}

function mendsOf(facts: GuardFacts): Mend[] {
  const unsent = facts.unsent > 0;
  const sendable = facts.unsent > facts.refused + facts.shared;
  const tight = (facts.audioMinutes ?? Infinity) < LOW_ROOM_MINUTES;
  const wanted: [Mend, boolean][] = [
    ['free', tight && facts.freeable > 0],
    ['signin', unsent && !facts.signedIn],
    ['send', sendable && facts.signedIn],
    ['repair', facts.refused > 0],
    ['place', facts.shared > 0],
    ['copy', unsent && !facts.copied],
    ['install', !facts.installed],
    ['persist', facts.persisted === false],
  ];
  return wanted.filter(([, needed]) => needed).map(([mend]) => mend);
}

export function platformOf(agent: string, touchPoints: number): Platform {
  // An iPad calls itself a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (agent.includes('Macintosh') && touchPoints > 1)) return 'ios';
  return agent.includes('Android') ? 'android' : 'desktop';
}

export const thisPlatform = (): Platform => platformOf(navigator.userAgent, navigator.maxTouchPoints);

export function isInstalled(): boolean {
  const standalone = 'standalone' in navigator && navigator.standalone === true;
  return standalone || matchMedia('(display-mode: standalone)').matches;
}

/** What the light is judged by, as it is now. */
export async function guardFacts(): Promise<GuardFacts> {
  const { db, clock } = store();
  const now = clock.now();
  const held = await inboxFigures();
  const shared = held.files + held.texts;
  const refused = await countRefused();
  const figures = [...(await unsentByTrip(db)).values()];
  const oldest = figures.map((one) => one.oldestAt).filter((at) => at !== null);
  const stored = await db.blobs.filter((blob) => blob.storedAt !== null && blob.freedAt === null).toArray();
  const room = await deviceRoom();
  const opened = await readSetting<Opened | null>(db, OPENED_KEY, null);
  return {
    platform: thisPlatform(),
    installed: isInstalled(),
    persisted: room?.persisted ?? null,
    audioMinutes: room?.audioMinutes ?? null,
    freeable: stored.reduce((sum, blob) => sum + blob.size, 0),
    unsent: Math.max(
      shared,
      figures.reduce((sum, one) => sum + one.records + one.files, 0),
    ),
    refused,
    shared,
    oldestMs: oldest.length > 0 ? Math.max(0, now - Math.min(...oldest)) : 0,
    awayMs: opened?.awayMs ?? 0,
    copied: await isCopied(held.newestAt ?? 0),
    signedIn: await isSignedIn(),
    drafts: await db.drafts.filter(({ key }) => !isCamera(key)).count(),
  };
}

async function isCopied(sharedAt: number): Promise<boolean> {
  const copy = await lastCopy(store().db);
  return copy !== null && copy.at >= Math.max(sharedAt, await newestUnsentAt());
}

async function isSignedIn(): Promise<boolean> {
  const { db } = store();
  const user = await readSetting<unknown>(db, 'session.user', null);
  return user !== null && !(await readSetting(db, 'session.expired', false));
}

/** Changes and files that the server did not take. */
async function countRefused(): Promise<number> {
  const { db } = store();
  const changes = await db.outbox.filter((change) => change.state === 'rejected' && isUnsent(change)).count();
  const files = await db.blobs.filter((blob) => blob.storedAt === null && blob.problem !== null).count();
  return changes + files;
}

async function newestUnsentAt(): Promise<number> {
  const { db } = store();
  const changes = await db.outbox.filter((change) => change.state !== 'accepted').toArray();
  const blobs = await db.blobs.filter((blob) => blob.storedAt === null).toArray();
  return Math.max(0, ...changes.map((change) => change.at), ...blobs.map((blob) => blob.startedAt));
}

interface Opened {
  at: number;
  awayMs: number;
}

const OPENED_KEY = 'app.opened';
/** Looking away and back is one opening. */
const SAME_OPENING_MS = 3_600_000;

/** Called when the app opens and whenever it is seen again: the tab's clock starts anew each time. */
export async function noteOpened(): Promise<void> {
  const { db, clock } = store();
  const now = clock.now();
  const before = await readSetting<Opened | null>(db, OPENED_KEY, null);
  const away = before === null ? 0 : Math.max(0, now - before.at);
  const awayMs = away < SAME_OPENING_MS ? (before?.awayMs ?? 0) : away;
  await writeSetting(db, OPENED_KEY, { at: now, awayMs });
}

/** Frees every original that the server has, whatever the keep-days say; returns the bytes. */
export function freeAllStored(): Promise<number> {
  return freeStored(store().clock.now());
}

export { askToPersist };
