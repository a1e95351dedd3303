/** On a tablet a list stands beside a page: with nothing chosen, its first item is opened. */
import { router } from '../../ui/router.svelte';
import { wide } from '../../ui/wide';

/** Call while the list is set up; `first` is read reactively, null while there is nothing to open. */
export function openFirst(list: string, first: () => string | null): void {
  $effect(() => {
    const href = first();
    if (wide.current && router.path === list && href !== null) router.go(href, true);
  });
}
