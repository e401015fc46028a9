import { TextSetting } from '../declare/text-setting.js';

/** Which tools agents may name beside those that ship. */
export class ToolsSettings {
  @TextSetting({
    variable: 'TROUPE_TOOLS_FILE',
    about:
      'JSON file that declares your own tools: what models see of them, and the URL to which their calls are posted. ' +
      'The gateway, the llm-workers and the tool-workers read it (docs/tools.md).',
    defaultText: 'none: only the tools that ship',
    pattern: /./,
    expected: 'the path of a file',
    example: './tools.json',
  })
  readonly toolsFile: string | undefined;
}
