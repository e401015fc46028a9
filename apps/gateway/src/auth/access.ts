import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

/**
 * Who may call a route. `key`: any key (what a route is unless it says otherwise). `admin`: a key of an administrator.
 * `operator`: an administrator of the first tenant, which runs the installation that all tenants share.
 * `operator-or-loopback`: also a program on this machine. `public`: everybody.
 */
export type Access = 'public' | 'key' | 'admin' | 'operator' | 'operator-or-loopback';

/** Where an operation of the API document says who may call it. */
export const ACCESS_EXTENSION = 'x-access';

/** Says who may call a controller's method. */
export const Allow = (access: Access) =>
  applyDecorators(RouteConfig({ access }), ApiExtension(ACCESS_EXTENSION, access));

/** Where plugins answer that bring their own routes. */
export const DASHBOARD_PATH = '/admin/queues';
export const DOCS_PATH = '/docs';

const PLUGIN_ACCESS: readonly [prefix: string, access: Access][] = [
  // It shows and stops the work of all tenants.
  [DASHBOARD_PATH, 'operator'],
  [DOCS_PATH, 'public'],
];

export function accessOf(request: FastifyRequest): Access {
  const { access } = request.routeOptions.config as { access?: Access };
  if (access) return access;
  const path = request.routeOptions.url ?? '';
  return PLUGIN_ACCESS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'key';
}
