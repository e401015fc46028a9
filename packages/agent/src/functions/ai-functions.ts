import type { OutputOf, OutputType } from '../structured-output/output-type.js';
import { cast } from './cast.js';
import { type ClassifyOptions, classify, classifyMulti } from './classify.js';
import { type AiFunction, defineFunction, type FunctionDefinition } from './define-function.js';
import { type Extracted, extract, extractWithEvidence } from './extract.js';
import type { FunctionModel, FunctionOptions } from './function-call.js';
import { generate } from './generate.js';
import type { LabelOf, Labels } from './labels.js';

/**
 * Functions that a model carries out: one step each, typed, and validated whatever the model can do. All throw
 * TroupeErrors: `output_invalid` when no valid answer comes, `invalid_request` for arguments that cannot be used, and
 * those of the model.
 */
export interface AiFunctions {
  /** With `multi` every label that fits, in the order of the labels, perhaps none. */
  classify<const L extends Labels>(
    text: string,
    labels: L,
    options: ClassifyOptions & { multi: true },
  ): Promise<LabelOf<L>[]>;
  /** The one label that fits best. */
  classify<const L extends Labels>(
    text: string,
    labels: L,
    options?: ClassifyOptions & { multi?: false },
  ): Promise<LabelOf<L>>;

  /** With `evidence` the data together with the words of the text that say it, which are verified to be there. */
  extract<S extends OutputType>(
    text: string,
    schema: S,
    options: FunctionOptions & { evidence: true },
  ): Promise<Extracted<OutputOf<S>>>;
  /** What a text says, as data. */
  extract<S extends OutputType>(
    text: string,
    schema: S,
    options?: FunctionOptions & { evidence?: false },
  ): Promise<OutputOf<S>>;

  /** The value in the form of the schema; without a model where it has it already and there are no instructions. */
  cast<S extends OutputType>(value: unknown, schema: S, options?: FunctionOptions): Promise<OutputOf<S>>;

  /** That many values of the schema, all different. */
  generate<S extends OutputType>(schema: S, count: number, options?: FunctionOptions): Promise<OutputOf<S>[]>;

  /** A function of your own; its input is validated before the model is asked. */
  fn<I extends OutputType, O extends OutputType>(definition: FunctionDefinition<I, O>): AiFunction<I, O>;
}

export function aiFunctions(model: FunctionModel): AiFunctions {
  function classifyText<const L extends Labels>(
    text: string,
    labels: L,
    options: ClassifyOptions & { multi: true },
  ): Promise<LabelOf<L>[]>;
  function classifyText<const L extends Labels>(
    text: string,
    labels: L,
    options?: ClassifyOptions & { multi?: false },
  ): Promise<LabelOf<L>>;
  function classifyText(text: string, labels: Labels, options: ClassifyOptions & { multi?: boolean } = {}) {
    return options.multi ? classifyMulti(model, text, labels, options) : classify(model, text, labels, options);
  }
  function extractFrom<S extends OutputType>(
    text: string,
    schema: S,
    options: FunctionOptions & { evidence: true },
  ): Promise<Extracted<OutputOf<S>>>;
  function extractFrom<S extends OutputType>(
    text: string,
    schema: S,
    options?: FunctionOptions & { evidence?: false },
  ): Promise<OutputOf<S>>;
  function extractFrom(text: string, schema: OutputType, options: FunctionOptions & { evidence?: boolean } = {}) {
    return options.evidence ? extractWithEvidence(model, text, schema, options) : extract(model, text, schema, options);
  }
  return {
    classify: classifyText,
    extract: extractFrom,
    cast: (value, schema, options) => cast(model, value, schema, options),
    generate: (schema, count, options) => generate(model, schema, count, options),
    fn: (definition) => defineFunction(model, definition),
  };
}
