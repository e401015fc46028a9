import type { IncomingHttpHeaders } from 'node:http';
import { defaultAnswer } from '../default-answer/default-answer.js';
import type { SimulatedRequest } from '../simulated-request.js';
import type { SimulatorRule } from '../simulator-rule.js';
import { ruleMatches } from '../simulator-rule.js';
import { hasContent, overlayReply } from './overlay-reply.js';
import { replyFromHeaders } from './reply-from-headers.js';
import { replyFromModelName } from './reply-from-model-name.js';
import type { SimulatedReply } from './simulated-reply.js';

/**
 * Decides what a request is answered. From weak to strong: the simulator's defaults, the model name, the first rule
 * that matches or else nothing, the next scripted reply (in place of a rule), headers. What is then still unsaid is the
 * default answer.
 */
export class ReplyChooser {
  #rules: { rule: SimulatorRule; left: number }[] = [];
  #script: SimulatedReply[] = [];

  constructor(private readonly defaults: SimulatedReply) {}

  setRules(rules: SimulatorRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  }

  get rules(): SimulatorRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  addScript(replies: SimulatedReply[]): void {
    this.#script.push(...replies);
  }

  get script(): SimulatedReply[] {
    return [...this.#script];
  }

  clear(): void {
    this.#rules = [];
    this.#script = [];
  }

  choose(request: SimulatedRequest, headers: IncomingHttpHeaders): SimulatedReply {
    const fromHeaders = replyFromHeaders(headers);
    let reply = overlayReply(this.defaults, replyFromModelName(request));
    // Filler is no JSON: an application whose model is steered by name still gets its facts.
    if (request.responseFormat?.schema !== undefined) reply = { ...reply, tokens: undefined };
    reply = overlayReply(reply, this.#script.shift() ?? this.#fromRules(request));
    reply = overlayReply(reply, fromHeaders);
    return hasContent(reply) ? reply : { ...reply, ...defaultAnswer(request) };
  }

  #fromRules(request: SimulatedRequest): SimulatedReply {
    const entry = this.#rules.find(({ rule, left }) => left > 0 && ruleMatches(rule, request));
    if (entry === undefined) return {};
    entry.left -= 1;
    return typeof entry.rule.reply === 'function' ? entry.rule.reply(request) : entry.rule.reply;
  }
}
