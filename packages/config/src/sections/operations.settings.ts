import { TextSetting } from '../declare/text-setting.js';
import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** How a worker can be watched; the gateway answers the same paths on its own port. */
export class OperationsSettings {
  @WholeNumberSetting({
    variable: 'WORKER_HTTP_PORT',
    about: 'Port on which a worker answers /livez, /readyz and /metrics; 0 takes a free one.',
    defaultText: 'none: a worker opens no port',
    min: 0,
    max: 65_535,
    example: '9090',
  })
  readonly workerHttpPort: number | undefined;

  @TextSetting({
    variable: 'WORKER_HTTP_HOST',
    about: 'Address for that port; 0.0.0.0 lets a probe on another machine reach it.',
    pattern: /^[\w.:-]+$/,
    expected: 'an IP address or a host name',
    example: '0.0.0.0',
  })
  readonly workerHttpHost: string = '127.0.0.1';
}
