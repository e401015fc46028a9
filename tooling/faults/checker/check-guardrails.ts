import { speakersOf } from '../load/case-plan.js';
import type { CaseView, RunView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Violation } from './evidence.js';

/**
 * What guardrails take out or withhold reaches nobody: no reader, no stored message, result, event or output. And no answer
 * passes that the judge has not read.
 */
export function checkGuardrails(view: CaseView): Violation[] {
  const speakers = speakersOf(view.plan);
  if (!speakers.includes('editor')) return [];
  const found: Violation[] = [];
  for (const run of view.runs) {
    const say = (what: string) => found.push({ invariant: 'guardrails', case: view.id, runId: run.row.id, what });
    const seen = view.history.filter(({ type }) => type === 'read' || type === 'answer');
    for (const [where, texts] of Object.entries({ readers: seen, ...storedOf(run) })) {
      const held = /(?:secret|forbidden)-\w+/.exec(JSON.stringify(texts))?.[0];
      if (held) say(`${held} is in what ${where} have`);
    }
    if (!isWhole(run)) continue;
    checkJudged(view, speakers, say);
    const blocked = run.row.stop_reason === 'guardrail';
    if (blocked !== (view.plan.holds === 'forbidden')) say(`the run ended with ${run.row.stop_reason}`);
    const right = view.plan.holds === 'forbidden' ? 'block' : 'redact';
    const acted = run.log.some(([, , type, data]) => type === 'guardrail.tripped' && data.includes(`"${right}"`));
    if (!acted) say(`the log knows of no ${right}`);
  }
  return found;
}

function storedOf({ messages, toolCalls, log, row }: RunView) {
  // What a person wrote is the person's own.
  return { messages: messages.filter(({ role }) => role !== 'user'), toolCalls, log, output: [row.output ?? null] };
}

function checkJudged({ judgeCalls }: CaseView, speakers: readonly string[], say: (what: string) => void): void {
  const turns = speakers.filter((speaker) => speaker === 'editor').length;
  const judged = judgeCalls.filter(
    ({ judged: place, outcome }) => place === 'output' && outcome === 'completed',
  ).length;
  if (judged < turns) say(`the judge read ${judged} of ${turns} answers`);
}
