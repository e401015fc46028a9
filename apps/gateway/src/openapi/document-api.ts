import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { DOCS_PATH } from '../auth/access.js';
import { buildDocument } from './build-document.js';

const DOCUMENT_PATH = '/openapi.json';

/** Serves the OpenAPI document and, for people, Swagger UI with it; neither needs a key. Call it before listening. */
export function documentApi(app: NestFastifyApplication): void {
  const document = buildDocument(app);
  const text = JSON.stringify(document);
  app
    .getHttpAdapter()
    .getInstance()
    .route({
      method: 'GET',
      url: DOCUMENT_PATH,
      config: { access: 'public' },
      handler: (_request, reply) => reply.type('application/json').send(text),
    });
  SwaggerModule.setup(DOCS_PATH, app, document, {
    raw: false,
    customSiteTitle: 'Troupe API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
