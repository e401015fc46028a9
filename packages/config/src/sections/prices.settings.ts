import { TextSetting } from '../declare/text-setting.js';

/** What model calls cost. */
export class PricesSettings {
  @TextSetting({
    variable: 'TROUPE_PRICES_FILE',
    about:
      'YAML or JSON file with your own prices, which win over published ones. The gateway and the workers that call models ' +
      'read it (docs/usage-and-budgets.md).',
    defaultText: 'none: published prices, and none for models that run on your own servers',
    pattern: /./,
    expected: 'the path of a file',
    example: './prices.yaml',
  })
  readonly file: string | undefined;
}
