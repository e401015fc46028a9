/** Letters of other scripts that look like Latin ones, and stand for them in a word of both. */
const LOOKALIKES: Record<string, string> = {
  а: 'a',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѕ: 's',
  і: 'i',
  ј: 'j',
  ӏ: 'l',
  о: 'o',
  р: 'p',
  х: 'x',
  у: 'y',
  һ: 'h',
  ո: 'n',
  ɡ: 'g',
  α: 'a',
  ο: 'o',
  ν: 'v',
  ρ: 'p',
  ι: 'i',
  κ: 'k',
  τ: 't',
  υ: 'u',
  ε: 'e',
  ı: 'i',
  м: 'm',
  т: 't',
  в: 'b',
  н: 'h',
  к: 'k',
};

/** What nobody sees between letters: zero-width characters, soft hyphens, marks of direction, variation selectors, tags. */
const INVISIBLE = /\p{Cf}|[\u115f\u1160\u17b4\u17b5]|\u034f|[\ufe00-\ufe0f]/gu;

/** The text as the rules read it: one form for what looks the same, lower case, single spaces. */
export function plainLetters(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(INVISIBLE, '')
    .toLowerCase()
    .replaceAll(/[’‘`´]/g, "'")
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/(?=[\p{L}]{0,40}[a-z])[\p{L}]{2,40}/gu, latinised)
    .replaceAll(/\s+/g, ' ');
}

function latinised(word: string): string {
  if (/^[a-z]+$/.test(word)) return word;
  let result = '';
  for (const letter of word) result += LOOKALIKES[letter] ?? letter;
  return result;
}
