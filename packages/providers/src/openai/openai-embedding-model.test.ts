import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createModelCatalog } from '../create-model-catalog.js';
import { batchesOfTexts } from '../shared/batches-of-texts.js';

describe('batches of texts', () => {
  test.each([
    [{ maxInputs: 2, maxTokens: 100 }, [['a', 'b'], ['c']]],
    [{ maxInputs: 9, maxTokens: 2 }, [['a', 'b'], ['c']]],
    [{ maxInputs: 9, maxTokens: 0 }, [['a'], ['b'], ['c']]],
    [{ maxInputs: 9, maxTokens: 9 }, [['a', 'b', 'c']]],
  ])('%j', (limits, expected) => {
    expect(batchesOfTexts(['a', 'b', 'c'], limits)).toEqual(expected);
  });
});

describe('a server with embeddings of its own kind', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function embed(answer: object) {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    return createModelCatalog({ openai: { baseUrl } })
      .resolveEmbedding('openai/any')
      .embed({ texts: ['one', 'two'] });
  }

  test('vectors in another order find their texts', async () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    expect(await embed({ data, usage: { prompt_tokens: 5 } })).toEqual({
      vectors: [[1], [2]],
      inputTokens: 5,
      estimated: false,
    });
  });

  test('without usage the tokens are guessed, and it is said', async () => {
    const data = [{ embedding: [1] }, { embedding: [2] }];
    expect(await embed({ data })).toEqual({ vectors: [[1], [2]], inputTokens: 2, estimated: true });
  });

  test('a vector too few is a bad response', async () => {
    await expect(embed({ data: [{ embedding: [1] }] })).rejects.toMatchObject({ code: 'provider_bad_response' });
  });
});
