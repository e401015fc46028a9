import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { disguises } from './disguises.ts';
import type { Sample } from './sample.ts';

/** Attacks that are written in other letters as well: the first so many of the English direct ones. */
const DISGUISED_ATTACKS = 30;

type Read = <T>(path: string) => T;

/** Every sample of the sets, read from clones of their repositories. @throws where a file is missing */
export function readSets(folder: string): Sample[] {
  const text = (path: string) => readFileSync(join(folder, path), 'utf8');
  const json: Read = (path) => JSON.parse(text(path));
  const lines: Read = (path) => JSON.parse(`[${text(path).trim().split('\n').join(',')}]`);
  return [...cyberSecEval(json), ...bipia(json, lines), ...injecGuard(json), ...garak(json)];
}

interface CyberSecEvalCase {
  user_input: string;
  injection_type: 'direct' | 'indirect';
  risk_category: 'security-violating' | 'logic-violating';
}

function cyberSecEval(json: Read): Sample[] {
  const folder = 'PurpleLlama/CybersecurityBenchmarks/datasets/prompt_injection/prompt_injection';
  const english = json<CyberSecEvalCase[]>(`${folder}.json`);
  const translated = json<CyberSecEvalCase[]>(`${folder}_multilingual_machine_translated.json`);
  const sample = (set: string) => (one: CyberSecEvalCase) => ({
    family: `${set}, ${one.injection_type}, ${one.risk_category}`,
    isAttack: true,
    on: one.injection_type === 'direct' ? ('input' as const) : ('tool_output' as const),
    text: one.user_input,
  });
  const plain = english
    .filter((one) => one.injection_type === 'direct' && one.risk_category === 'security-violating')
    .slice(0, DISGUISED_ATTACKS);
  const disguised = disguises.flatMap(({ name, disguise }) =>
    plain.map(({ user_input }) => ({
      family: `the first ${DISGUISED_ATTACKS} of those, as ${name}`,
      isAttack: true,
      on: 'input' as const,
      text: disguise(user_input),
    })),
  );
  return [
    ...english.map(sample('CyberSecEval')),
    ...translated.map(sample('CyberSecEval, machine-translated')),
    ...disguised,
  ];
}

/** Each attack at the start, in the middle or at the end of a mail, a table or a question about code. */
function bipia(json: Read, lines: Read): Sample[] {
  const contexts = {
    text: [
      ...mails(lines),
      ...lines<{ context: string }[]>('BIPIA/benchmark/table/test.jsonl').map(({ context }) => context),
    ],
    code: lines<Record<string, string | string[]>[]>('BIPIA/benchmark/code/test.jsonl')
      .concat(lines('BIPIA/benchmark/code/train.jsonl'))
      .map(({ context = [], error = [], code = [] }) => [context, error, code].flat().join('\n')),
  };
  const attacks = (['text', 'code'] as const).flatMap((kind) =>
    ['train', 'test'].flatMap((half) =>
      Object.values(json<Record<string, string[]>>(`BIPIA/benchmark/${kind}_attack_${half}.json`))
        .flat()
        .map((attack, index) => ({
          family: `BIPIA, ${kind} attacks in their contexts`,
          isAttack: true,
          on: 'tool_output' as const,
          text: placed(attack, contexts[kind][index % contexts[kind].length] ?? '', index),
        })),
    ),
  );
  const harmless = [
    ['mails', mails(lines)],
    ['tables', contexts.text.slice(mails(lines).length)],
    ['questions about code', contexts.code],
  ] as const;
  return [
    ...attacks,
    ...harmless.flatMap(([kind, texts]) =>
      texts.map((text) => ({ family: `BIPIA, ${kind}`, isAttack: false, on: 'tool_output' as const, text })),
    ),
  ];
}

function mails(lines: Read): string[] {
  const halves = ['train', 'test'].map((half) => lines<{ context: string }[]>(`BIPIA/benchmark/email/${half}.jsonl`));
  return halves.flat().map(({ context }) => context);
}

function placed(attack: string, context: string, index: number): string {
  const rows = context.split('\n');
  const at = [0, Math.floor(rows.length / 2), rows.length][index % 3] ?? 0;
  return [...rows.slice(0, at), attack, ...rows.slice(at)].join('\n');
}

function injecGuard(json: Read): Sample[] {
  const harmless = (family: string) => (text: string) => ({ family, isAttack: false, on: 'input' as const, text });
  const prompts = (name: string) =>
    json<{ prompt: string }[]>(`InjecGuard/datasets/${name}.json`).map(({ prompt }) => prompt);
  return [
    ...prompts('wildguard').map(harmless('WildGuard, harmless prompts')),
    ...['NotInject_one', 'NotInject_two', 'NotInject_three']
      .flatMap(prompts)
      .map(harmless('NotInject, harmless texts full of trigger words')),
  ];
}

function garak(json: Read): Sample[] {
  const texts = json<string[]>('garak/garak/data/inthewild_jailbreak_llms.json');
  return texts.map((text) => ({ family: 'garak, jailbreaks from the wild', isAttack: true, on: 'input', text }));
}
