/** The door of i18n. */
export { fill, i18n, known, problemText, t, type Key, type Lang, type Params } from './i18n.svelte';
export {
  age,
  bytes,
  clip,
  clock,
  dayLong,
  dayWhole,
  dayOf,
  dayShort,
  listing,
  moment,
  sentences,
  spoken,
} from './format';
