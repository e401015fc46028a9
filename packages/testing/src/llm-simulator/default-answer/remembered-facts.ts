import type { SimulatedMessage } from '../simulated-request.js';

export interface RememberedFact {
  /** Lower case, such as `name` or `favourite colour`; `home`, `work` and `likes` for sentences without an attribute. */
  attribute: string;
  value: string;
  /** About the user, in the third person. */
  sentence: string;
  /** To the user, in the second person. */
  reminder: string;
  /** The id of the message it was said in, when the transcript names one. */
  messageId?: string;
}

interface Pattern {
  expression: RegExp;
  read: (match: RegExpMatchArray) => Pick<RememberedFact, 'attribute' | 'value' | 'sentence' | 'reminder'>;
}

const value = '([^.!?;,\\n"\\\\]{1,120})';

const patterns: Pattern[] = [
  {
    expression: new RegExp(`\\bmy ([\\p{L}][\\p{L}' -]{0,40}?)(?: is|'s| are) ${value}`, 'giu'),
    read: ([, attribute = '', said = '']) => attributeFact(attribute.toLowerCase(), said),
  },
  {
    expression: new RegExp(`\\b(?:call me|i am called|i'm called|i go by) ${value}`, 'giu'),
    read: ([, said = '']) => attributeFact('name', said),
  },
  {
    expression: /\b(?:I am|I'm|i am|i'm) (\p{Lu}[\p{L}-]+)(?=[.,!\n]|$| and )/gu,
    read: ([, said = '']) => attributeFact('name', said),
  },
  {
    expression: new RegExp(`\\bi live in ${value}`, 'giu'),
    read: ([, said = '']) => verbFact('home', 'live in', said),
  },
  {
    expression: new RegExp(`\\bi work (as|at|for|in) ${value}`, 'giu'),
    read: ([, preposition = '', said = '']) => verbFact('work', `work ${preposition.toLowerCase()}`, said),
  },
  {
    expression: new RegExp(`\\bi (?:really )?(like|love|prefer|hate|dislike) ${value}`, 'giu'),
    read: ([, verb = '', said = '']) => verbFact('likes', verb.toLowerCase(), said),
  },
];

function attributeFact(attribute: string, said: string) {
  const text = untilNextClause(said);
  return {
    attribute,
    value: text,
    sentence: `The user's ${attribute} is ${text}.`,
    reminder: `your ${attribute} is ${text}`,
  };
}

function verbFact(attribute: string, verb: string, said: string) {
  const text = untilNextClause(said);
  const [first = '', ...rest] = verb.split(' ');
  return {
    attribute,
    value: text,
    sentence: `The user ${[`${first}s`, ...rest].join(' ')} ${text}.`,
    reminder: `you ${verb} ${text}`,
  };
}

function untilNextClause(said: string): string {
  return said.replace(/\s+(?:and|but|so|because|while)\s+(?:i|i'm|my|you|can|what|please|we|it)\b.*$/iu, '').trim();
}

/** What the user said about themselves, oldest first; transcripts inside one message are read like messages. */
export function rememberedFacts(messages: SimulatedMessage[]): RememberedFact[] {
  const facts: RememberedFact[] = [];
  for (const { role, text } of messages) {
    if (role !== 'user') continue;
    const found = patterns.flatMap(({ expression, read }) =>
      [...text.matchAll(expression)].map((match) => ({ index: match.index, fact: read(match) })),
    );
    found.sort((a, b) => a.index - b.index);
    for (const { index, fact } of found) {
      if (isSaidByAssistant(text, index)) continue;
      const messageId = messageIdBefore(text, index);
      facts.push({ ...fact, ...(messageId !== undefined && { messageId }) });
    }
  }
  return facts;
}

/** In a transcript, the line's own speaker. */
function isSaidByAssistant(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  return /\bassistant\b[^\n]{0,60}:/i.test(line) || /"role"\s*:\s*"assistant"[^{}]*$/.test(text.slice(0, index));
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

function messageIdBefore(text: string, index: number): string | undefined {
  return [...text.slice(0, index).matchAll(uuid)].at(-1)?.[0];
}

/** A fact that an application put into the system prompt, where it speaks of what it knows about the user. */
export function factInSystemPrompt(messages: SimulatedMessage[], attribute: string): string | undefined {
  const system = messages
    .filter((message) => message.role === 'system')
    .map((message) => message.text)
    .join('\n');
  const start = system.search(/\b(?:facts|known|know about|about the user|memory|remembered|summary)\b/i);
  if (start < 0) return undefined;
  const escaped = attribute.replace(/[^\p{L}\p{N} ]/gu, '\\$&').replaceAll(' ', '[ _]');
  const expression = new RegExp(`\\b${escaped}"?(?: is|\\s*[:=])\\s*"?([^.;,\\n"\\\\]+)`, 'iu');
  return expression.exec(system.slice(start))?.[1]?.trim();
}
