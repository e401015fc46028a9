import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** Time limits of runs. */
export class RunsSettings {
  @WholeNumberSetting({
    variable: 'RUN_DEADLINE_SECONDS',
    about: 'Time from acceptance after which a run that has not ended expires.',
    unit: 'seconds',
    min: 1,
    max: 604_800,
    example: '3600',
  })
  readonly deadlineSeconds: number = 900;

  @WholeNumberSetting({
    variable: 'RUN_LEASE_SECONDS',
    about:
      'Time without a sign of life after which another worker takes a run over; it is renewed three times as often.',
    unit: 'seconds',
    min: 2,
    max: 300,
    example: '30',
  })
  readonly leaseSeconds: number = 15;
}
