const MAX_KEY_CHARACTERS = 60;

/** A key in snake_case, so that "Favorite food" and "favoriteFood" are one fact; empty when no letter or digit is left. */
export function factKey(text: string): string {
  return text
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MAX_KEY_CHARACTERS)
    .toWellFormed();
}
