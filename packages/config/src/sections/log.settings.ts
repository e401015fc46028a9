import { ChoiceSetting } from '../declare/choice-setting.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const LOG_FORMATS = ['pretty', 'json'] as const;

/** What is logged, and how it looks. */
export class LogSettings {
  @ChoiceSetting({
    variable: 'LOG_LEVEL',
    about: 'Least important entries that are written.',
    choices: LOG_LEVELS,
    example: 'debug',
  })
  readonly level: (typeof LOG_LEVELS)[number] = 'info';

  @ChoiceSetting({
    variable: 'LOG_FORMAT',
    about: 'Lines for people (`pretty`) or for machines (`json`, one object a line).',
    defaultText: 'pretty on a terminal, else json',
    choices: LOG_FORMATS,
    example: 'json',
  })
  readonly format: (typeof LOG_FORMATS)[number] | undefined;
}
