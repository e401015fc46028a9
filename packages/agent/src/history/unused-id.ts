/** The id, or the id with a number behind it when it is taken or empty; the answer is taken from then on. */
export function unusedId(id: string, used: Set<string>): string {
  const base = id === '' ? 'call' : id;
  let candidate = base;
  for (let n = 2; used.has(candidate); n += 1) candidate = `${base}_${n}`;
  used.add(candidate);
  return candidate;
}
