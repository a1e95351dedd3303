/** Page-wide letter keys that stay silent while somebody types. */

export type KeyMap = Partial<Record<string, (event: KeyboardEvent) => void>>;

/** Do keys go into a field there? */
export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Keys that belong to the browser, to a field, to an open sheet or to the pressed button are not ours. */
function taken(event: KeyboardEvent): boolean {
  const held = event.ctrlKey && event.altKey;
  const browsers = event.metaKey || (event.ctrlKey && !held);
  if (event.defaultPrevented || browsers || (typing(event.target) && !held)) return true;
  return presses(event) || document.querySelector('dialog[open]') !== null;
}

/** Does the space bar press what has the focus? */
function presses(event: KeyboardEvent): boolean {
  return (
    event.key === ' ' && event.target instanceof HTMLElement && event.target.closest('button,a') !== null
  );
}

/** Handler for `svelte:window onkeydown`; keys are `event.key` in lower case. */
export function onKeys(map: KeyMap): (event: KeyboardEvent) => void {
  return (event) => {
    const act = map[event.key.toLowerCase()];
    if (!act || taken(event)) return;
    event.preventDefault();
    act(event);
  };
}
