import type { HttpRequest } from './http-request.js';
import { HttpResponse } from './http-response.js';
import { HttpTransport } from './http-transport.js';
import { defaultTimeouts } from './provider-timeouts.js';
import { ResponseBody } from './response-body.js';

export interface RecordedBody {
  contentType: string;
  pieces: readonly Buffer[];
}

/** Answers every request with a body that is there already, piece by piece and without a socket. */
export class RecordedTransport extends HttpTransport {
  constructor(readonly nextBody: () => RecordedBody) {
    super(defaultTimeouts);
  }

  override send(_request: HttpRequest): Promise<HttpResponse> {
    const { contentType, pieces } = this.nextBody();
    const body = new ResponseBody(() => undefined);
    for (const piece of pieces) body.push(piece);
    body.end();
    return Promise.resolve(new HttpResponse(200, { 'content-type': contentType }, body));
  }
}
