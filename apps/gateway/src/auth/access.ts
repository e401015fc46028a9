import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Who may call a route. `key`: any key (what a route is unless it says otherwise). `admin`: a key of an administrator.
 * `admin-or-loopback`: also a program on this machine. `operator`: an administrator of the first tenant, whose provider
 * accounts all tenants use. `public`: everybody.
 */
export type Access = 'public' | 'key' | 'admin' | 'admin-or-loopback' | 'operator';

/** Says who may call a controller's method. */
export const Allow = (access: Access) => RouteConfig({ access });

/** Where plugins answer that bring their own routes. */
export const DASHBOARD_PATH = '/admin/queues';
export const DOCS_PATH = '/docs';

const PLUGIN_ACCESS: readonly [prefix: string, access: Access][] = [
  [DASHBOARD_PATH, 'admin'],
  [DOCS_PATH, 'public'],
];

export function accessOf(request: FastifyRequest): Access {
  const { access } = request.routeOptions.config as { access?: Access };
  if (access) return access;
  const path = request.routeOptions.url ?? '';
  return PLUGIN_ACCESS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'key';
}
