/** A place in a value as models and people read it: `items.0.title`; the whole is `the answer`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the answer' : `"${path.map(String).join('.')}"`;
}
