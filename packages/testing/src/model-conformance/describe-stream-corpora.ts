import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatModel } from '@troupe/spec';
import fc from 'fast-check';
import { allStreamCorpora } from '../stream-corpora/all-stream-corpora.js';
import { arbitraryCorpus } from '../stream-corpora/arbitrary-corpus.js';
import { cutAt, cutEvery, cutPositions, endPositions, eventBoundaries } from '../stream-corpora/cut-bodies.js';
import { type CorpusOutcome, expectedOutcome, observeCorpus } from '../stream-corpora/observe-corpus.js';
import { type CorpusServer, startCorpusServer } from '../stream-corpora/start-corpus-server.js';
import {
  bytesOf,
  type CorpusFormat,
  completeFrom,
  corpusModel,
  isAnswer,
  type StreamCorpus,
} from '../stream-corpora/stream-corpus.js';

/** A body that reaches an adapter without a network. */
export interface BodyInPieces {
  contentType: string;
  pieces: readonly Buffer[];
}

export interface StreamCorporaOptions {
  format: CorpusFormat;
  /** The model of that name whose server is at the base URL. */
  createModel(baseUrl: string, model: string): ChatModel;
  /**
   * The same model, answered with these bodies by a transport that touches no socket: what makes it possible to cut
   * every body at every byte.
   */
  createModelOver(nextBody: () => BodyInPieces, model: string): ChatModel;
}

const randomRuns = 200;

/** Registers the suite that sends every corpus of a wire format to its adapter, whole, in pieces, and cut off. */
export function describeStreamCorpora({ format, createModel, createModelOver }: StreamCorporaOptions): void {
  const { contentType, corpora } = allStreamCorpora[format];
  const typeOf = (corpus: StreamCorpus) => corpus.contentType ?? contentType;

  describe(`${format}: ${corpora.length} stream corpora`, () => {
    test('are named apart', () => {
      expect(new Set(corpora.map(({ name }) => name)).size).toBe(corpora.length);
      expect(corpora.length).toBeGreaterThan(0);
    });

    describe('without a network', () => {
      let pieces: readonly Buffer[] = [];
      let type = contentType;
      const model = createModelOver(() => ({ contentType: type, pieces }), corpusModel);
      const observe = (corpus: StreamCorpus, sent: readonly Buffer[]) => {
        pieces = sent;
        type = typeOf(corpus);
        return observeCorpus(model, corpus);
      };

      describe.each(corpora.map((corpus) => [corpus.name, corpus] as const))('%s', (_name, corpus) => {
        const bytes = bytesOf(corpus);
        const expected = expectedOutcome(corpus);

        test('whole and byte by byte', async () => {
          expect(await observe(corpus, [bytes])).toEqual(expected);
          expect(await observe(corpus, cutEvery(bytes, bytes.length > 50_000 ? 997 : 1))).toEqual(expected);
        });

        test('in two pieces, wherever the cut is', async () => {
          for (const position of cutPositions(bytes.length)) {
            const outcome = await observe(corpus, cutAt(bytes, [position]));
            requireOutcome(outcome, expected, `cut at ${position} of ${bytes.length}`);
          }
        });

        test('cut off, wherever it ends', async () => {
          for (const length of endPositions(bytes)) {
            const outcome = await observe(
              corpus,
              [bytes.subarray(0, length)].filter((piece) => piece.length > 0),
            );
            const place = `ended at ${length} of ${bytes.length}`;
            if (isAnswer(corpus.expected) && length >= completeFrom(corpus)) requireOutcome(outcome, expected, place);
            else requireInterruption(outcome, corpus, place);
          }
        });
      });

      test('random bodies in random pieces', async () => {
        const cuts = fc.array(fc.nat(1_000_000), { maxLength: 12 });
        const body = fc.oneof(fc.constantFrom(...corpora), arbitraryCorpus(format));
        await fc.assert(
          fc.asyncProperty(body, cuts, async (corpus, positions) => {
            const bytes = bytesOf(corpus);
            const sent = cutAt(
              bytes,
              positions.map((position) => position % Math.max(1, bytes.length)),
            );
            expect(await observe(corpus, sent)).toEqual(expectedOutcome(corpus));
          }),
          { numRuns: randomRuns },
        );
      });

      test('random bodies that end anywhere are never answers', async () => {
        await fc.assert(
          fc.asyncProperty(arbitraryCorpus(format), fc.nat(), async (corpus, at) => {
            const length = at % completeFrom(corpus);
            const outcome = await observe(corpus, [bytesOf(corpus).subarray(0, length)]);
            requireInterruption(outcome, corpus, `ended at ${length}`);
          }),
          { numRuns: randomRuns },
        );
      });
    });

    describe('over HTTP', () => {
      let server: CorpusServer;
      beforeAll(async () => {
        server = await startCorpusServer();
      });
      afterAll(() => server.close());

      const observe = (corpus: StreamCorpus, pieces: readonly Buffer[], ending: 'end' | 'cut' = 'end') =>
        observeCorpus(createModel(server.serve({ contentType: typeOf(corpus), pieces, ending }), corpusModel), corpus);

      test.each(corpora.map((corpus) => [corpus.name, corpus] as const))('%s', async (_name, corpus) => {
        const bytes = bytesOf(corpus);
        const expected = expectedOutcome(corpus);
        expect(await observe(corpus, [bytes])).toEqual(expected);
        expect(await observe(corpus, cutEvery(bytes, bytes.length > 3_000 ? 1_009 : 7))).toEqual(expected);
        // Two pieces, cut at three places that fall anywhere.
        for (const share of [0.31, 0.57, 0.83]) {
          expect(await observe(corpus, cutAt(bytes, [Math.floor(bytes.length * share)]))).toEqual(expected);
        }
      });

      test.each(corpora.map((corpus) => [corpus.name, corpus] as const))(
        '%s, broken off between two events',
        async (_name, corpus) => {
          const bytes = bytesOf(corpus);
          const boundaries = eventBoundaries(bytes).filter((length) => length < completeFrom(corpus));
          for (const [index, length] of someOf(boundaries).entries()) {
            const ending = index % 2 === 0 ? 'end' : 'cut';
            const outcome = await observe(corpus, [bytes.subarray(0, length)], ending);
            requireInterruption(outcome, corpus, `${ending} at ${length} of ${bytes.length}`);
          }
        },
      );
    });
  });
}

const maxBoundaries = 12;

/** All of a few, and of many some that are spread over them. */
function someOf(boundaries: readonly number[]): number[] {
  const step = Math.max(1, Math.ceil(boundaries.length / maxBoundaries));
  return boundaries.filter((_, index) => index % step === 0);
}

/** Compared by hand before `expect`, which would take most of the time of a hundred thousand runs. */
function requireOutcome(outcome: CorpusOutcome, expected: CorpusOutcome, place: string): void {
  if (!isDeepStrictEqual(outcome, expected)) expect({ place, ...outcome }).toEqual({ place, ...expected });
}

/** What a body that ends too early may come to: a typed error, after a part of the text. */
function requireInterruption(outcome: CorpusOutcome, corpus: StreamCorpus, place: string): void {
  const { text, failure = 'none', answer, contradictions } = outcome;
  const expected = expectedOutcome(corpus);
  // A body that is no answer may show it before its cut.
  const codes = isAnswer(corpus.expected) ? [] : [corpus.expected.code, 'provider_bad_response'];
  // Of a body that was broken from the first the beginning may be sound.
  const isBeginning = !isAnswer(corpus.expected) || expected.text.startsWith(text);
  const isTyped = failure === 'provider_stream_interrupted' || codes.includes(failure as (typeof codes)[number]);
  if (isTyped && answer === undefined && contradictions.length === 0 && isBeginning) return;
  expect({ place, text, failure, answer, contradictions }).toEqual({
    place,
    text: `a beginning of ${expected.text}`,
    failure: ['provider_stream_interrupted', ...codes].join(' or '),
    answer: undefined,
    contradictions: [],
  });
}
