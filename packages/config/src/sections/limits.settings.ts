import { TextSetting } from '../declare/text-setting.js';

/** What providers allow, so that no process sends more. */
export class LimitsSettings {
  @TextSetting({
    variable: 'LIMITS',
    about:
      'What providers allow for models: `provider/model: rpm=... tpm=... input_tpm=... output_tpm=... rpd=... ' +
      'max_concurrency=...` (docs/guides/limit-calls.md).',
    defaultText: 'none',
    pattern: /./,
    expected: 'limits with `;` or line breaks between them, their numbers with commas or spaces',
    example: 'openai/gpt-4o:rpm=500,tpm=30000',
  })
  readonly text: string | undefined;

  @TextSetting({
    variable: 'TROUPE_LIMITS_FILE',
    about: 'YAML file with a list of such limits under `limits`; wins over LIMITS, and a limit set by API over both.',
    defaultText: 'none',
    pattern: /./,
    expected: 'the path of a file',
    example: './limits.yaml',
  })
  readonly file: string | undefined;
}
