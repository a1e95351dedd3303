// The merge by paragraph, kept out of the start: it is needed only where news from elsewhere lie under an unsent text.
type Merge = (base: string, ours: string, theirs: string) => string;

let merge: Merge | null = null;

/** Called before any transaction that brings news; inside one nothing may be waited for. */
export async function loadMerger(): Promise<void> {
  merge ??= (await import('../kernel/paragraphs')).mergeText;
}

/** Null when it is needed and not there yet: the text then stands alone until the record is next laid out. */
export function mergeTexts(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || ours === base) return theirs;
  return theirs === base ? ours : (merge?.(base, ours, theirs) ?? null);
}
