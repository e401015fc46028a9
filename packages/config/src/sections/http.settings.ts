import { TextSetting } from '../declare/text-setting.js';
import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** Where the gateway listens and what it accepts. */
export class HttpSettings {
  @WholeNumberSetting({
    variable: 'PORT',
    about: 'Port of the API and the console; 0 takes a free one.',
    min: 0,
    max: 65_535,
    example: '8080',
  })
  readonly port: number = 3000;

  @TextSetting({
    variable: 'HOST',
    about: 'Address to listen on; 0.0.0.0 makes the server reachable from other machines.',
    pattern: /^[\w.:-]+$/,
    expected: 'an IP address or a host name',
    example: '0.0.0.0',
  })
  readonly host: string = '127.0.0.1';

  @WholeNumberSetting({
    variable: 'MAX_BODY_BYTES',
    about: 'Largest request body that is read; a larger one is answered with 413.',
    unit: 'bytes',
    min: 1024,
    max: 104_857_600,
    example: '2097152',
  })
  readonly maxBodyBytes: number = 1_048_576;

  @TextSetting({
    variable: 'CORS_ORIGINS',
    about: 'Origins whose pages may call this server from a browser, with commas between them; `*` lets every page.',
    defaultText: 'none: only the pages of this server',
    pattern: /^(\*|https?:\/\/[^\s,/*]+(\s*,\s*https?:\/\/[^\s,/*]+)*)$/,
    expected: 'origins such as https://app.example.com, without a path, or *',
    example: 'https://app.example.com,http://localhost:5173',
  })
  readonly corsOrigins: string | undefined;
}
