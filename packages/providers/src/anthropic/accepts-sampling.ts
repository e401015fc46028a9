/**
 * Whether a model takes temperature and top_p. Claude models after Opus 4.6 refuse them with 400 under every API
 * version; names that are not Claude's belong to compatible servers, which take them.
 */
export function acceptsSampling(model: string): boolean {
  return (
    !model.startsWith('claude-') || /^claude-(instant|[23]\b|(opus|sonnet|haiku)-4(-[0-6])?(-\d{8})?$)/.test(model)
  );
}
