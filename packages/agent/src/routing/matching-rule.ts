import type { Routing, RoutingConditions } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { estimateRequestTokens } from '../usage/estimate-request-tokens.js';

/** What rules are about. */
export interface RoutedRequest {
  request: ModelRequest;
  /** Number of the model turn within its run, 1 for the first. */
  turn: number;
  /** What the tightest budget has left, in US dollars; absent: no budget binds the call. */
  budgetLeftUsd?: number | undefined;
}

/** The place of the first rule that holds. */
export function matchingRule({ rules = [] }: Pick<Routing, 'rules'>, routed: RoutedRequest): number | undefined {
  const place = rules.findIndex(({ when }) => holds(when, routed));
  return place < 0 ? undefined : place;
}

function holds(when: RoutingConditions, { request, turn, budgetLeftUsd }: RoutedRequest): boolean {
  return (
    isWithin(() => turn, when.min_turn, when.max_turn) &&
    isAsWanted(() => (request.tools ?? []).length > 0, when.has_tools) &&
    isAsWanted(() => shows(request, 'image'), when.has_images) &&
    isAsWanted(() => shows(request, 'file'), when.has_files) &&
    isBelow(budgetLeftUsd, when.budget_below_usd) &&
    // Last: it reads all that is said.
    isWithin(() => estimateRequestTokens(request), when.min_input_tokens, when.max_input_tokens)
  );
}

function isWithin(read: () => number, least?: number, most?: number): boolean {
  if (least === undefined && most === undefined) return true;
  const value = read();
  return value >= (least ?? value) && value <= (most ?? value);
}

function isAsWanted(read: () => boolean, wanted?: boolean): boolean {
  return wanted === undefined || read() === wanted;
}

function isBelow(left: number | undefined, bound?: number): boolean {
  return bound === undefined || (left !== undefined && left < bound);
}

function shows({ messages }: ModelRequest, type: 'image' | 'file'): boolean {
  return messages.some(({ content }) => content.some((part) => part.type === type));
}
