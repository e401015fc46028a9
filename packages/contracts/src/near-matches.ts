/** The candidates that a mistyped name may have meant, closest first; at most `limit`. */
export function nearMatches(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = normalise(name);
  // A third of the letters may differ: enough for a typo or a plural, too little for another word.
  const tolerance = Math.max(2, Math.floor(wanted.length / 3));
  return Array.from(candidates, (candidate) => ({ candidate, distance: distanceTo(wanted, normalise(candidate)) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        // Of several that hold the name, the one that has least beside it.
        a.candidate.length - b.candidate.length ||
        (a.candidate < b.candidate ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function normalise(name: string): string {
  // Names are short; a model that sends a page as one must not cost quadratic time.
  return name
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** 1 when one name holds the other (`search` for `search_thread`), else the Levenshtein distance. */
function distanceTo(a: string, b: string): number {
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return a === b ? 0 : 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replace, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
