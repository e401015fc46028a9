export const APPS = ['gateway', 'llm-worker', 'tool-worker', 'memory-extractor', 'summary-worker'] as const;

export type App = (typeof APPS)[number];

/** How many of each run. Two gateways, so that a reader can come back to another one. */
export const REPLICAS: Readonly<Record<App, number>> = {
  gateway: 2,
  'llm-worker': 3,
  'tool-worker': 2,
  'memory-extractor': 1,
  'summary-worker': 1,
};
