import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** When the gateway refuses work instead of storing it. */
export class BackpressureSettings {
  @WholeNumberSetting({
    variable: 'MAX_QUEUED_RUNS_PER_TENANT',
    about: 'Runs of one tenant that may wait for a worker; further ones are answered with 429 and not stored.',
    unit: 'runs',
    min: 1,
    max: 10_000_000,
    example: '200',
  })
  readonly queuedRunsPerTenant: number = 1_000;

  @WholeNumberSetting({
    variable: 'MAX_QUEUED_RUNS',
    about: 'Runs of all tenants that may wait for a worker; further ones are answered with 503 and not stored.',
    unit: 'runs',
    min: 1,
    max: 10_000_000,
    example: '20000',
  })
  readonly queuedRuns: number = 5_000;

  @WholeNumberSetting({
    variable: 'MAX_CONNECTION_WAIT_MS',
    about:
      'Wait for a connection to PostgreSQL that makes a gateway answer new runs with 503 when the last three seconds had a longer one throughout.',
    unit: 'milliseconds',
    min: 1,
    max: 60_000,
    example: '2000',
  })
  readonly connectionWaitMs: number = 1_000;

  @WholeNumberSetting({
    variable: 'MAX_EVENT_LOOP_DELAY_MS',
    about:
      'Delay of the event loop that makes a gateway answer new runs with 503 when each of the last five seconds had a worse one.',
    unit: 'milliseconds',
    min: 1,
    max: 60_000,
    example: '500',
  })
  readonly eventLoopDelayMs: number = 200;
}
