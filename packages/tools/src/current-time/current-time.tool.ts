import { z } from 'zod';
import { defineTool } from '../define-tool.js';
import { isoInZone } from './iso-in-zone.js';

export const currentTime = defineTool({
  name: 'current_time',
  description:
    'Tells the current date, time and weekday. Use it whenever an answer depends on today, now, or how long it is until ' +
    'or since a date: you do not know the time yourself.',
  parameters: z.object({
    time_zone: z
      .string()
      .max(100)
      .default('UTC')
      .describe('IANA name such as "Europe/London" or "America/New_York"; UTC unless told'),
  }),
  effect: 'read',
  timeoutMs: 1_000,
  trusted: true,
  execute: ({ time_zone }, { services }) => isoInZone(services.now(), time_zone),
});
