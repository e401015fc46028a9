/** A sign that a text wants to take an agent over. Patterns see lower-case text with single spaces. */
export interface InjectionRule {
  /** What it is a sign of, as events name it. */
  sign: string;
  patterns: TextPattern[];
}

/** As much of a regular expression as rules need. */
export interface TextPattern {
  test(text: string): boolean;
}

/**
 * Whether `first` comes before `last` with at most that many words between them. Words are told apart by spaces alone and are
 * bounded, so that there is one way to read a text and no text takes long.
 * It is compiled with the first text: all of them take 20 ms, and most processes hold none of them against anything.
 * @param without words that must not stand between
 */
export function near(first: string, last: string, words = 4, without?: string): TextPattern {
  let compiled: RegExp | undefined;
  const compile = () => {
    const word = without === undefined ? ' [^ ]{1,24}' : ` (?!(?:${without})(?![\\p{L}]))[^ ]{1,24}`;
    const gap = `[^\\p{L}\\p{N} ]{0,3}(?:${word}){0,${words}}? [^\\p{L}\\p{N} ]{0,3}`;
    return new RegExp(`(?<![\\p{L}\\p{N}])(?:${first})${gap}(?:${last})(?![\\p{L}\\p{N}])`, 'u');
  };
  return {
    test: (text) => {
      compiled ??= compile();
      return compiled.test(text);
    },
  };
}
