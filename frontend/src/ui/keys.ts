/** Page-wide letter keys that stay silent while somebody types. */

export type KeyMap = Partial<Record<string, (event: KeyboardEvent) => void>>;

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Handler for `svelte:window onkeydown`; keys are `event.key` in lower case. */
export function onKeys(map: KeyMap): (event: KeyboardEvent) => void {
  return (event) => {
    const held = event.ctrlKey && event.altKey;
    if (event.defaultPrevented || event.metaKey || (event.ctrlKey && !held)) return;
    if (typing(event.target) && !held) return;
    if (document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if (key === ' ' && event.target instanceof HTMLElement && event.target.closest('button,a')) return;
    const act = map[key];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
}
