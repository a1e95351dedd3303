/** Is there room for list and detail side by side? */
import { MediaQuery } from 'svelte/reactivity';

export const wide = new MediaQuery('(min-width: 900px)');
