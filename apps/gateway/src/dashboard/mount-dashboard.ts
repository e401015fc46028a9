import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Queue } from 'bullmq';
import { DASHBOARD_PATH } from '../auth/access.js';

/** Its fonts would come from a foreign server, and pages would wait for it where there is no internet. */
const CONTENT_SECURITY_POLICY = "style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'";

/**
 * Serves Bull Board for the queues. Call it after the hook that authenticates was added and before the server
 * listens: hooks hold for the plugins that come after them.
 */
export async function mountDashboard(app: NestFastifyApplication, queues: readonly Queue[]): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(DASHBOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Troupe' } },
  });
  const server = app.getHttpAdapter().getInstance();
  await server.register(
    async (scope) => {
      // The plugin's own error handler would answer 500 to a request without a key, and tell the error's stack.
      scope.addHook('onRoute', (route) => {
        route.errorHandler = (error, request, reply) => server.errorHandler(error, request, reply);
      });
      scope.addHook('onSend', async (_request, reply) => {
        reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      });
      await scope.register(serverAdapter.registerPlugin());
    },
    { prefix: DASHBOARD_PATH },
  );
}
