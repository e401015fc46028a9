import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { OwnPrices } from './own-prices.js';
import { vendorById } from './vendor.js';

/** Hexadecimal digits of the content's hash that name a version. */
const VERSION_DIGITS = 12;

const dollars = z.number().min(0);

const price = z.strictObject({
  model: z
    .string()
    .regex(/^[^/\s*]+\/(\S*\*|[^\s*]+)$/, 'must be provider/model, or its beginning with one * at the end'),
  input: dollars,
  output: dollars,
  cached_input: dollars.optional(),
  cache_write: dollars.optional(),
  cache_write_1h: dollars.optional(),
  reasoning: dollars.optional(),
  batch: z.number().min(0).max(1).optional(),
});

const vendor = z.string().refine((id) => vendorById(id) !== undefined, 'is no vendor whose prices are known');

const content = z.strictObject({
  prices: z
    .array(price)
    .default([])
    .superRefine((prices, context) => {
      for (const [index, { model }] of prices.entries()) {
        if (prices.findIndex((other) => other.model === model) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'model'], message: `${model} is there twice` });
      }
    }),
  vendors: z.record(z.string(), vendor).default({}),
});

/**
 * The prices of a YAML or JSON file.
 * @throws Error that names the file and everything that is wrong in it.
 */
export function readPricesFile(path: string): OwnPrices {
  const text = read(path);
  const parsed = content.safeParse(text.value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`);
    throw new Error(`The prices file ${path} is not valid:\n${problems.join('\n')}`);
  }
  return { ...parsed.data, version: `own@${text.hash}` };
}

function read(path: string): { value: unknown; hash: string } {
  try {
    const text = readFileSync(path, 'utf8');
    const hash = createHash('sha256').update(text).digest('hex').slice(0, VERSION_DIGITS);
    return { value: parse(text), hash };
  } catch (cause) {
    throw new Error(`The prices file ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
