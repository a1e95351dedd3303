// Lists that are sets (what proves an answer), merged as the server merges them: services/sync/members.py.

/** The same member whatever the order of its keys. */
function keyOf(member: unknown): string {
  return typeof member === 'object' && member !== null
    ? JSON.stringify(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
    : JSON.stringify(member);
}

/** `ours`, without what `theirs` took out since `base`, then what `theirs` added; each once. */
export function mergeMembers(
  base: readonly unknown[],
  ours: readonly unknown[],
  theirs: readonly unknown[],
): unknown[] {
  const [was, here, there] = [base, ours, theirs].map((list) => new Set(list.map(keyOf)));
  const kept = ours.filter((one) => there?.has(keyOf(one)) || !was?.has(keyOf(one)));
  return [...kept, ...theirs.filter((one) => !here?.has(keyOf(one)) && !was?.has(keyOf(one)))];
}
