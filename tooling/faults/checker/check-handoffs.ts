import { agentTakingOver, callName, speakersOf } from '../load/case-plan.js';
import type { CaseView, RunView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Violation } from './evidence.js';
import { survivingEvents } from './surviving-events.js';

/**
 * Each turn is of the agent that is to speak, for the model and in the thread; whoever takes over does so once, and no tool is
 * sent for the turn that hands over.
 */
export function checkHandoffs(view: CaseView): Violation[] {
  const found: Violation[] = [];
  const say = (what: string) => found.push({ invariant: 'handoffs', case: view.id, what });
  const speakers = speakersOf(view.plan);
  for (const { turn, speaker } of view.providerCalls) {
    if (speaker !== speakers[turn]) say(`turn ${turn} was ${speaker}'s and not ${speakers[turn]}'s`);
  }
  for (const [round, names] of view.plan.rounds.entries()) {
    if (!names.some(agentTakingOver)) continue;
    const calls = new Set(names.map((_, index) => callName(view.id, round, index)));
    const sent = view.sends.find(({ call }) => calls.has(call));
    if (sent) say(`${sent.call} was sent for a turn that handed over`);
  }
  for (const run of view.runs) checkRun(run, speakers, say);
  return found;
}

function checkRun(run: RunView, speakers: readonly string[], say: (what: string) => void): void {
  const planned = speakers.filter((speaker, turn) => turn > 0 && speaker !== speakers[turn - 1]);
  const takenOver = survivingEvents(run.log)
    .filter(([, , type]) => type === 'handoff.occurred')
    .map(([, , , data]) => (JSON.parse(data) as { to: string }).to);
  const right = isWhole(run) ? planned : planned.slice(0, takenOver.length);
  if (takenOver.join(' ') !== right.join(' '))
    say(`'${takenOver.join(' ')}' took over instead of '${right.join(' ')}'`);
  const last = takenOver.at(-1) ?? speakers[0];
  if (run.row.agent !== last) say(`the run is ${run.row.agent}'s and not ${last}'s`);
  const answers = run.messages.filter(({ role }) => role === 'assistant').toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const [turn, { agent }] of answers.entries()) {
    if (agent !== speakers[turn]) say(`answer ${turn} is by ${agent} and not by ${speakers[turn]}`);
  }
}
