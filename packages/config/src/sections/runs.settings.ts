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

  @WholeNumberSetting({
    variable: 'RUN_TURN_SECONDS',
    about: 'The longest that one model turn may take; then it is given up and, while the run may, tried again.',
    unit: 'seconds',
    min: 1,
    max: 86_400,
    example: '120',
  })
  readonly turnSeconds: number = 600;

  @WholeNumberSetting({
    variable: 'RUN_EVENTS_HOURS',
    about: 'How long the events of a run can be read after its end; later readers get its outcome.',
    unit: 'hours',
    min: 1,
    max: 8_760,
    example: '72',
  })
  readonly eventHours: number = 24;
}
