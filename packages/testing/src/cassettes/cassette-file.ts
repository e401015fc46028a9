import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Document, isSeq, parse, visit } from 'yaml';
import { z } from 'zod';
import { type CassetteExchange, exchangeSchema } from './recorded-exchange.js';

const fileSchema = z.strictObject({ cassette: z.literal(1), exchanges: z.array(exchangeSchema) });

/**
 * The exchanges of a file in their order, undefined when there is no such file.
 * @throws Error for a file that is no cassette
 */
export async function readCassetteFile(file: string): Promise<CassetteExchange[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // No `instanceof`: test runners give tests an Error of their own.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const read = fileSchema.safeParse(parseYaml(text, file));
  if (!read.success) throw new Error(`${file} is no cassette: ${z.prettifyError(read.error)}`);
  return read.data.exchanges;
}

/** Replaces the file in one step, so that a test that is stopped leaves the old one or the new one. */
export async function writeCassetteFile(file: string, exchanges: readonly CassetteExchange[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, formatCassette(exchanges));
  await rename(draft, file);
}

/** Texts are blocks that keep their lines; the pieces of an answer are a line each. */
function formatCassette(exchanges: readonly CassetteExchange[]): string {
  const document = new Document({ cassette: 1, exchanges }, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_key, pair) {
      const { key, value } = pair;
      if (String(key) === 'chunks' && isSeq(value)) for (const item of value.items) if (isSeq(item)) item.flow = true;
    },
  });
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 });
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new Error(`${file} is no YAML.`, { cause: error });
  }
}
