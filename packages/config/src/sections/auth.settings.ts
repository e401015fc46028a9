import { SecretSetting } from '../declare/secret-setting.js';

/** Who may call. */
export class AuthSettings {
  @SecretSetting({
    variable: 'TROUPE_API_KEY',
    about: 'The first API key, which may do everything.',
    defaultText: 'generated once into the file `api-key` of the data folder',
    minLength: 16,
    example: 'the-output-of-openssl-rand-hex-24',
  })
  readonly apiKey: string | undefined;
}
