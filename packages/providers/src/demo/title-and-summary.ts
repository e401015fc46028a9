const titleWords = 6;
const summaryCharacters = 600;

/** The first words that the user said. */
export function titleOf(turns: readonly string[]): string {
  const words = (turns[0] ?? '').match(/[\p{L}\p{N}'’+*/-]+/gu)?.slice(0, titleWords) ?? [];
  const title = words.join(' ');
  return title === '' ? 'New conversation' : title.charAt(0).toUpperCase() + title.slice(1);
}

/** The user's own words, shortened in the middle of nothing. */
export function summaryOf(turns: readonly string[]): string {
  const said = turns.map((turn) => `"${turn.replace(/\s+/g, ' ').trim()}"`).join(', ');
  return `The user said: ${said.length > summaryCharacters ? `${said.slice(0, summaryCharacters)}…` : said}.`;
}
