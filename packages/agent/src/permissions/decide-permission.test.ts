import { describe, expect, test } from '@jest/globals';
import type { ApprovalRule, EffectClass, PermissionMode } from '@troupe/contracts';
import fc from 'fast-check';
import { decidePermission, type PermissionQuestion } from './decide-permission.js';
import { namesTool } from './names-tool.js';
import { permissionPolicy } from './permission-policy.js';

const MODES: PermissionMode[] = ['default', 'accept_reads', 'bypass', 'plan'];
const EFFECTS: EffectClass[] = ['read', 'idempotent', 'effect'];

interface Case {
  effect?: EffectClass;
  mode?: PermissionMode;
  rules?: ApprovalRule[];
  denied?: string[];
  asksUser?: true;
}

function decide({ effect = 'effect', mode, rules, denied, asksUser }: Case, changes: Partial<PermissionQuestion> = {}) {
  return decidePermission({
    tool: { name: 'pay', effect, ...(asksUser && { asksUser }) },
    arguments: { euros: 80 },
    policy: permissionPolicy({ approvals: rules, denied_tools: denied, permission_mode: mode }),
    toolAsks: false,
    ...changes,
  });
}

const ALL: ApprovalRule[] = [{ tools: ['*'] }];

describe('decidePermission', () => {
  test('allows what nothing speaks of', () => {
    expect(decide({})).toEqual({ decision: 'allow' });
    expect(decide({ rules: [{ tools: ['mail'] }], denied: ['mail'] })).toEqual({ decision: 'allow' });
  });

  test.each<[PermissionMode, EffectClass, string]>([
    ['default', 'read', 'ask'],
    ['default', 'effect', 'ask'],
    ['accept_reads', 'read', 'allow'],
    ['accept_reads', 'idempotent', 'ask'],
    ['accept_reads', 'effect', 'ask'],
    ['bypass', 'read', 'allow'],
    ['bypass', 'effect', 'allow'],
    ['plan', 'read', 'ask'],
    ['plan', 'idempotent', 'deny'],
    ['plan', 'effect', 'deny'],
  ])('in mode %s a call of class %s that a rule speaks of: %s', (mode, effect, decision) => {
    expect(decide({ mode, effect, rules: ALL }).decision).toBe(decision);
  });

  test('takes the first rule that speaks of the call', () => {
    const rules: ApprovalRule[] = [
      { tools: ['pay'], when: { argument: 'euros', op: 'gt', value: 100 }, roles: ['boss'] },
      { tools: ['effect'], roles: ['clerk'] },
    ];
    expect(decide({ rules })).toMatchObject({ decision: 'ask', reason: 'rule', rule: { roles: ['clerk'] } });
    expect(decide({ rules }, { arguments: { euros: 101 } })).toMatchObject({ rule: { roles: ['boss'] } });
    expect(decide({ rules, effect: 'read' })).toEqual({ decision: 'allow' });
  });

  test('asks where the tool or text of strangers wants it, with the rule for whom to ask', () => {
    expect(decide({}, { toolAsks: true })).toEqual({ decision: 'ask', reason: 'tool' });
    expect(decide({ rules: ALL }, { untrusted: 'approval' })).toMatchObject({ reason: 'untrusted', rule: ALL[0] });
    expect(decide({}, { untrusted: 'deny' })).toMatchObject({ decision: 'deny' });
  });

  test('a hook spares the question, and nothing else', () => {
    const hook = { decision: 'allow' } as const;
    expect(decide({ rules: ALL }, { hook, toolAsks: true })).toEqual({ decision: 'allow' });
    expect(decide({ denied: ['pay'] }, { hook })).toMatchObject({ decision: 'deny' });
    expect(decide({ mode: 'plan' }, { hook })).toMatchObject({ decision: 'deny' });
    expect(decide({}, { hook, untrusted: 'approval' })).toMatchObject({ decision: 'ask', reason: 'untrusted' });
    expect(decide({}, { hook: { decision: 'ask' } })).toEqual({ decision: 'ask', reason: 'hook' });
    expect(decide({}, { hook: { decision: 'deny', message: 'Not today.' } })).toEqual({
      decision: 'deny',
      message: 'Not today.',
    });
  });

  test('a question is asked in every mode, and only a rule that names it says whom', () => {
    for (const mode of MODES) {
      const rules: ApprovalRule[] = [{ tools: ['*'], roles: ['boss'] }];
      const asked = { effect: 'read', mode, asksUser: true } as const;
      expect(decide({ ...asked, rules })).toEqual({ decision: 'ask', reason: 'question' });
      expect(decide({ ...asked, rules: [{ tools: ['pay'] }] })).toMatchObject({ rule: { tools: ['pay'] } });
    }
    expect(decide({ asksUser: true, denied: ['pay'] })).toMatchObject({ decision: 'deny' });
  });

  const names = fc.subarray(['pay', 'mail', '*', 'effect']);
  const questions = fc.record({
    effect: fc.constantFrom(...EFFECTS),
    mode: fc.constantFrom(...MODES),
    denied: names,
    rules: fc.array(fc.record({ tools: names }), { maxLength: 3 }),
    toolAsks: fc.boolean(),
    untrusted: fc.constantFrom('run' as const, 'approval' as const, 'deny' as const),
    hook: fc.constantFrom(
      undefined,
      { decision: 'allow' as const },
      { decision: 'ask' as const },
      { decision: 'deny' as const },
    ),
  });

  test('what is denied is never made, whoever allows it', () => {
    fc.assert(
      fc.property(questions, ({ effect, mode, denied, rules, ...changes }) => {
        const permission = decide({ effect, mode, denied, rules }, changes);
        const isDenied = namesTool(denied, { name: 'pay', effect });
        if (isDenied || changes.hook?.decision === 'deny') expect(permission.decision).toBe('deny');
        if (mode === 'plan' && effect !== 'read') expect(permission.decision).toBe('deny');
        if (mode === 'bypass') expect(permission.decision).not.toBe('ask');
      }),
    );
  });

  test('a call that somebody must see is never made by itself in the default mode', () => {
    fc.assert(
      fc.property(questions, ({ effect, rules, ...rest }) => {
        const asks = rest.toolAsks || rules.some(({ tools }) => namesTool(tools, { name: 'pay', effect }));
        fc.pre(asks && rest.hook?.decision !== 'allow');
        const { toolAsks, untrusted, hook } = rest;
        expect(decide({ effect, rules }, { toolAsks, untrusted, hook }).decision).not.toBe('allow');
      }),
    );
  });
});
