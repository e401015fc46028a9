import type { CallTokens, LimitScope } from '@troupe/spec';
import { scopeName } from '../rules/scope-name.js';

/** What a process granted by itself while it was cut off from the store. */
export interface GrantedAlone {
  /** When it was cut off, on this process's own clock. */
  since: number;
  requests: number;
  input: number;
  output: number;
}

const PARTS = [
  'head',
  'minute',
  'day',
  'calls',
  'leases',
  'queue',
  'line',
  'waiters',
  'wakes',
  'late',
  'lanes',
] as const;

/** What this process knows of a scope: where it lies in Redis, and what it saw there last. */
export class ScopeRecord {
  readonly scope: LimitScope;
  readonly name: string;
  /** In the order in which the scripts name them. One hash tag, so that they lie on one node of a cluster. */
  readonly keys: readonly string[];
  epoch = 0;
  sequence = 0;
  seenAt = 0;
  /** Processes that use the scope; 0: not known. */
  processes = 0;
  registeredAt = Number.NEGATIVE_INFINITY;
  /** Until when the provider asked for a pause, as far as this process has heard. */
  pausedUntil = 0;
  grantedAlone: GrantedAlone | undefined;

  constructor(prefix: string, scope: LimitScope) {
    this.scope = scope;
    this.name = scopeName(scope);
    const tag = `${prefix}:{${this.name}}`;
    this.keys = [...PARTS, 'processes'].map((part) => `${tag}:${part}`);
  }

  see(epoch: number, sequence: number, processes: number, now: number): void {
    this.sequence = epoch === this.epoch ? Math.max(this.sequence, sequence) : sequence;
    this.epoch = epoch;
    this.seenAt = now;
    if (processes > 0) this.processes = processes;
  }

  grantAlone(since: number, { input, output }: CallTokens): void {
    this.grantedAlone ??= { since, requests: 0, input: 0, output: 0 };
    this.grantedAlone.requests += 1;
    this.grantedAlone.input += input;
    this.grantedAlone.output += output;
  }
}
