export interface DemoFact {
  /** snake_case */
  key: string;
  value: string;
  category: 'identity' | 'relationships' | 'work' | 'location' | 'preferences' | 'goals' | 'other';
}

interface Pattern extends Pick<DemoFact, 'category'> {
  expression: RegExp;
  /** Absent: the expression's first group names it, its second is the value. */
  key?: string;
}

const value = '([^.,!?;\\n]{1,80}?)(?=[.,!?;\\n]|$| and (?:i|my)\\b| but\\b| so\\b| because\\b)';

const patterns: Pattern[] = [
  {
    key: 'name',
    category: 'identity',
    expression: new RegExp(`\\b(?:my name is|my name's|i am called|call me) ${value}`, 'giu'),
  },
  { key: 'age', category: 'identity', expression: /\bi(?:'m| am) (\d{1,3}) years old/giu },
  { key: 'home', category: 'location', expression: new RegExp(`\\bi live in ${value}`, 'giu') },
  { key: 'origin', category: 'location', expression: new RegExp(`\\bi(?:'m| am| come) from ${value}`, 'giu') },
  { key: 'job', category: 'work', expression: new RegExp(`\\bi work as (?:an? )?${value}`, 'giu') },
  { key: 'employer', category: 'work', expression: new RegExp(`\\bi work (?:at|for) ${value}`, 'giu') },
  {
    key: 'likes',
    category: 'preferences',
    expression: new RegExp(`\\bi (?:really )?(?:like|love|enjoy) ${value}`, 'giu'),
  },
  {
    key: 'dislikes',
    category: 'preferences',
    expression: new RegExp(`\\bi (?:hate|dislike|can't stand) ${value}`, 'giu'),
  },
  { key: 'allergy', category: 'other', expression: new RegExp(`\\bi(?:'m| am) allergic to ${value}`, 'giu') },
  { category: 'preferences', expression: new RegExp(`\\bmy (favou?rite [\\p{L}]+) is ${value}`, 'giu') },
  {
    category: 'relationships',
    expression: new RegExp(
      `\\bmy (dog|cat|wife|husband|partner|son|daughter|brother|sister)(?: is (?:called|named)|'s name is) ${value}`,
      'giu',
    ),
  },
];

/** What somebody says about themselves in a few plain sentences; the last word on each key. */
export function findFacts(texts: readonly string[]): DemoFact[] {
  const facts = new Map<string, DemoFact>();
  for (const text of texts) {
    for (const { expression, key, category } of patterns) {
      for (const [, first = '', second = ''] of text.matchAll(expression)) {
        const name = key ?? first.toLowerCase().replaceAll(/\s+/g, '_').replace('favourite', 'favorite');
        const said = (key === undefined ? second : first).trim();
        if (said !== '') facts.set(name, { key: name, value: said, category });
      }
    }
  }
  return [...facts.values()];
}

/** Facts that the system prompt lists under its heading, as lines `- "key": "value"`, quoted or not. */
export function factsInSystemPrompt(system: string): DemoFact[] {
  const start = system.search(/\babout the user\b|\bknown facts\b|\bremembered\b/i);
  if (start === -1) return [];
  const lines = system.slice(start).matchAll(/^- "?([^":\n]+)"?: "?([^"\n]+)"?$/gm);
  return [...lines].map(([, key = '', said = '']) => ({ key, value: said, category: 'other' }));
}
