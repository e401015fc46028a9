import type { Evidence } from './evidence.js';

/** Of a round in which nothing happened. */
export function emptyEvidence(): Evidence {
  return {
    history: [],
    provider: [],
    tools: [],
    database: {
      runs: [],
      steps: [],
      messages: [],
      threads: [],
      toolCalls: [],
      approvals: [],
      events: [],
      ledger: [],
      judgeLedger: [],
      transitions: [],
      overdueFollowUps: 0,
    },
    exits: [],
    unhandled: [],
    recoveries: [],
    providerHarmed: false,
  };
}
