import type { IncomingMessage, ServerResponse } from 'node:http';
import { embeddingsBody, ollamaEmbeddingsBody } from './embeddings.js';
import { anthropicModelList, ollamaTags, openAiModelList, openRouterModelList } from './model-list.js';
import { parseBody, readBody } from './read-body.js';
import { asRejectedRequest } from './requests/rejected-request.js';

/** Model lists, embeddings and versions: what clients ask besides chat. */
export async function answerOtherRoute(
  route: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await otherBody(route, message);
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body ?? JSON.stringify({ error: { message: `Unknown request URL: ${route}`, code: 'unknown_url' } }));
  } catch (error) {
    const { status, message: text } = asRejectedRequest(error);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: text, type: 'invalid_request_error', param: null, code: null } }));
  }
}

async function otherBody(route: string, message: IncomingMessage): Promise<string | undefined> {
  switch (route) {
    case 'GET /v1/models':
      return message.headers['anthropic-version'] === undefined ? openAiModelList() : anthropicModelList();
    case 'GET /api/v1/models':
      return openRouterModelList();
    case 'GET /api/tags':
      return ollamaTags();
    case 'GET /api/version':
      return '{"version":"0.0.0-simulator"}';
    case 'POST /v1/embeddings':
      return embeddingsBody(parseBody(await readBody(message)));
    case 'POST /api/embed':
      return ollamaEmbeddingsBody(parseBody(await readBody(message)));
    default:
      return undefined;
  }
}
