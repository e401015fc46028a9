import { AuthSettings } from './auth.settings.js';
import { BackpressureSettings } from './backpressure.settings.js';
import { HttpSettings } from './http.settings.js';
import { LimitsSettings } from './limits.settings.js';
import { LogSettings } from './log.settings.js';
import { ModelsSettings } from './models.settings.js';
import { OperationsSettings } from './operations.settings.js';
import { PricesSettings } from './prices.settings.js';
import { RunsSettings } from './runs.settings.js';
import { StorageSettings } from './storage.settings.js';
import { ToolsSettings } from './tools.settings.js';
import { WorkersSettings } from './workers.settings.js';

/** Every section with what it is about, in the order of the generated pages. */
export const SECTIONS = {
  http: { title: 'HTTP', about: 'Where the gateway listens and what it accepts.', type: HttpSettings },
  storage: { title: 'Storage', about: 'Where data is kept.', type: StorageSettings },
  auth: { title: 'Keys', about: 'Who may call.', type: AuthSettings },
  models: { title: 'Models', about: 'Which models answer and how their providers are reached.', type: ModelsSettings },
  limits: { title: 'Limits', about: 'What providers allow, so that no process sends more.', type: LimitsSettings },
  prices: { title: 'Prices', about: 'What model calls cost.', type: PricesSettings },
  tools: { title: 'Tools', about: 'Which tools agents may name beside those that ship.', type: ToolsSettings },
  workers: { title: 'Workers', about: 'How much one worker process does at once.', type: WorkersSettings },
  runs: { title: 'Runs', about: 'Time limits of runs.', type: RunsSettings },
  backpressure: {
    title: 'Backpressure',
    about: 'When the gateway refuses work instead of storing it.',
    type: BackpressureSettings,
  },
  log: { title: 'Log', about: 'What is logged, and how it looks.', type: LogSettings },
  operations: {
    title: 'Operations',
    about: 'How a worker can be watched; the gateway answers the same paths on its own port.',
    type: OperationsSettings,
  },
} as const;

export type SectionName = keyof typeof SECTIONS;

/** All settings, a section a field. */
export type Settings = { readonly [Name in SectionName]: InstanceType<(typeof SECTIONS)[Name]['type']> };
