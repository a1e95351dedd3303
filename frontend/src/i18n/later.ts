/** Imported by screens (and what only they draw) whose Chinese words are not part of the start. */
import { i18n } from './i18n.svelte';
import { later } from './zh/later';

i18n.add(later);
