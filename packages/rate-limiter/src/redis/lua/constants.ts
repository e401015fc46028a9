import * as timing from '../../rules/timing.js';

/** The numbers of `rules/timing.ts` as locals of Lua. */
export const constants = Object.entries(timing)
  .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  .map(([name, value]) => `local ${name} = ${value}`)
  .join('\n');
