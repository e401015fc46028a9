import { compareEventIds, parseEventId, type RunEvent, TroupeError } from '@troupe/contracts';
import { isWaitForPeople } from '../approvals/asks-people.js';
import type { AnswerPieces } from './answer-form.js';
import { finishOfRun } from './chat-completion.js';
import { usageOfRun } from './chat-usage.js';

type Delta = Extract<RunEvent, { type: 'text.delta' }>;

/**
 * A run's events as chunks of one answer. The text of every model turn is shown, a blank line between two turns; calls of
 * tools are the agent's own and are not. This dialect cannot take text back: a step that begins anew goes on in silence as
 * long as it says the same again, and when it says something else the answer ends with an error, never as a blend of two.
 */
export class RunChunks {
  readonly #chunks: AnswerPieces;
  /** Text of the step under way that was sent, piece by piece. */
  #sent: Delta[] = [];
  /** Text that was sent, is withdrawn, and has not been said again. */
  #owed = '';
  #diverged = false;
  /** A restart was announced, and the beginning of its step was not. */
  #restarting = false;
  /** The step under way began more than once. */
  #again = false;
  #spoke = false;
  /** What separates this step's text from that of the steps before. */
  #gap = '';
  #ended = false;

  constructor(chunks: AnswerPieces) {
    this.#chunks = chunks;
  }

  /** Whether the last chunk is written. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Frames for the events, which come in order; empty when they have nothing for this dialect. */
  add(events: readonly RunEvent[]): string {
    let frames = '';
    let text = '';
    const flush = () => {
      if (text !== '') frames += this.#chunks.delta({ content: text });
      text = '';
    };
    let standsStill = false;
    for (const event of events) {
      if (this.#ended) break;
      standsStill = isWaitForPeople(event);
      if (event.type === 'text.delta') text += this.#say(event);
      else {
        flush();
        frames += this.#read(event);
      }
      if (this.#diverged && !this.#ended) {
        flush();
        frames += this.fail(withdrawn());
      }
    }
    flush();
    // Only as the last that is known: a log that is told again goes on after it.
    if (standsStill && !this.#ended) frames += this.fail(asksPeople());
    return frames;
  }

  /** The end of an answer that cannot go on here. */
  fail(error: unknown): string {
    this.#ended = true;
    return this.#chunks.fail(error);
  }

  #read(event: Exclude<RunEvent, Delta>): string {
    switch (event.type) {
      case 'step.restarted':
        this.#withdraw(event.data.withdraw_after);
        return '';
      case 'step.started':
        return this.#startStep();
      case 'reasoning.delta':
        // What was thought before a restart cannot be taken back either; the same thoughts twice would be worse.
        return this.#again ? '' : this.#chunks.delta({ reasoning_content: event.data.delta });
      case 'stream.reset':
        return this.#reset(event.data.response);
      case 'run.completed': {
        if (this.#owed !== '') return this.fail(withdrawn());
        this.#ended = true;
        const { stop_reason, usage } = event.data;
        return this.#chunks.finish(finishOfRun(stop_reason), usageOfRun(usage));
      }
      case 'run.failed':
        return this.fail(new TroupeError(event.data.error));
      case 'run.cancelled':
        return this.fail(ended('run_cancelled', 'The run was cancelled.'));
      case 'run.expired':
        return this.fail(ended('deadline_exceeded', 'The run passed its deadline.'));
      default:
        return '';
    }
  }

  /** What of a delta is new to the reader. */
  #say(event: Delta): string {
    this.#sent.push(event);
    const { delta } = event.data;
    if (this.#owed === '') return this.#after(delta);
    if (this.#owed.startsWith(delta)) {
      this.#owed = this.#owed.slice(delta.length);
      return '';
    }
    if (!delta.startsWith(this.#owed)) {
      this.#diverged = true;
      return '';
    }
    const rest = delta.slice(this.#owed.length);
    this.#owed = '';
    return this.#after(rest);
  }

  #after(text: string): string {
    const gap = this.#gap;
    this.#gap = '';
    this.#spoke = true;
    return gap + text;
  }

  #startStep(): string {
    if (this.#restarting) {
      this.#restarting = false;
      return '';
    }
    if (this.#owed !== '') return this.fail(withdrawn());
    this.#again = false;
    this.#sent = [];
    this.#gap = this.#spoke ? '\n\n' : '';
    return '';
  }

  #withdraw(after: string): void {
    const last = parseEventId(after);
    if (!last) return;
    const lost = this.#sent.filter(({ id }) => compareEventIds(id, last) > 0);
    this.#sent = this.#sent.filter(({ id }) => compareEventIds(id, last) <= 0);
    this.#owed = lost.map(({ data }) => data.delta).join('') + this.#owed;
    this.#restarting = true;
    this.#again = true;
  }

  /** The log was removed: its answer comes in one piece, to a reader who has nothing yet. */
  #reset(response: string | null): string {
    if (this.#spoke) return this.fail(withdrawn());
    return response ? this.#chunks.delta({ content: this.#after(response) }) : '';
  }
}

function withdrawn(): TroupeError {
  return new TroupeError({
    code: 'answer_withdrawn',
    fault: 'server',
    message:
      'A worker was lost, and the answer began anew with other words. What was sent is withdrawn; the run goes on. ' +
      'Its answer will be at /api/runs/{run_id}, with the id of the header X-Troupe-Run.',
  });
}

function ended(code: 'run_cancelled' | 'deadline_exceeded', message: string): TroupeError {
  return new TroupeError({ code, fault: 'server', message });
}

/** This dialect has no word for it, and a stream that says nothing for days helps nobody. */
function asksPeople(): TroupeError {
  return new TroupeError({
    code: 'approval_required',
    fault: 'caller',
    message:
      'The run waits for a person, and goes on by itself when that has decided: /api/approvals?state=pending. Its answer ' +
      'will be at /api/runs/{run_id}, with the id of the header X-Troupe-Run.',
  });
}
