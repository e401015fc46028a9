import type { AgentName } from '../load/case-plan.js';
import type { JudgedPlace } from './provider-rules.js';

/** One request as the provider saw it. */
export interface ProviderCall {
  number: number;
  /** Milliseconds since 1970. */
  at: number;
  endedAt: number;
  /** Of the load; undefined for titles, summaries and facts. */
  case?: string;
  /** Which of the load's agents asked; undefined for judges. */
  speaker?: AgentName;
  /** A judge asked, about something of the case. */
  judged?: JudgedPlace;
  /** Model turns of the run that the request shows as done. */
  turn: number;
  /** Answers that the request shows as refused, because they did not fit what was asked for. */
  misfits: number;
  outcome: string;
  status?: number;
  tokensEmitted: number;
  inputTokens: number;
  outputTokens: number;
  /** The fault that it met, as it was ordered. */
  fault?: number;
}
