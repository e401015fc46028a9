import { type InjectionRule, near } from './injection-rule.js';

const ANSWER =
  'response|reply|replies|answer|output|summary|translation|message|email|implementation|codebase|solution|program|script|explanation';
const PUT =
  'add|include|insert|integrate|embed|incorporate|append|attach|mention|place|put|use|utilize|employ|ensure|guarantee|make sure|feature|' +
  'weave|slip|provide|introduce|modify|adjust|begin|start|end|finish|conclude|craft|write|present|replace|remove|group|rearrange|' +
  'scramble|encode|convert|translate|format|apply|misspell|substitute';

/**
 * Signs in what is to be read and not obeyed: results of tools. A user may ask for every one of them; a web page has nobody
 * to ask.
 */
export const INSTRUCTION_IN_DATA_RULES: InjectionRule[] = [
  {
    sign: 'it tells its reader what to answer',
    patterns: [
      near(
        PUT,
        `(?:in|into|to|of|for|within|with|throughout|by|at)(?: [^ ]{1,14}){0,6}? (?:your|the assistant's)(?: [^ ]{1,14}){0,2}? (?:${ANSWER})`,
        12,
      ),
      near(PUT, `your (?:[^ ]{1,14} ){0,2}?(?:${ANSWER})`, 5),
      near('in your', `(?:${ANSWER})`, 1),
      near('respond|reply|answer', '(?:only |solely |exclusively )?(?:with|in|using|by|backwards?)', 1),
      /\b(?:following|subsequent|below|next|succeeding|provided|given|ensuing|forthcoming|indicated|specified) (?:python )?(?:code|snippet|fragment|section|excerpt|segment|script|code block|block of code|piece of code|lines)\b/u,
      near(
        'ignore|disregard|forget|skip|overlook',
        '(?:the|this|that|all) (?:[^ ]{1,14} ){0,2}?(?:function|resume|content|email|article|document|code|rest|text|page|table|file|data|request|question|task|above|user)',
        1,
      ),
      near('instead', '(?:say|write|state|output|print|answer|respond|reply|tell|return|send|recommend)', 2),
      near(
        'consider|state|say|claim|report|answer|assume|suggest',
        '(?:that )?(?:the )?(?:output|result|answer|capital|sum|total)(?: [^ ]{1,14}){0,4}? (?:is|as|to be|could be|was|should be)',
        2,
      ),
    ],
  },
  {
    sign: 'it speaks to an assistant',
    patterns: [
      near(
        'attention|note to|notice to|message (?:to|for)|instructions? (?:to|for)|important|dear|hey|hi|hello|addressed to',
        '(?:the |any |all )?(?:ai|a\\.i\\.|llm|llms|assistants?|language models?|chatbots?|chatgpt|gpt|agents?|bots?|model)\\b',
        2,
      ),
      near(
        'if|when|as|while',
        "(?:you|you're|you are) (?:are |reading |an? )?(?:ai|llm|assistant|language model|chatbot|bot|agent|summari[sz]ing|processing|parsing)",
        1,
      ),
      near(
        'the|any|this',
        '(?:ai|llm|assistant|language model|chatbot|agent) (?:must|should|shall|has to|needs to|is required to|will now|reading this|processing this)',
        1,
      ),
      /\b(?:ai|llm) (?:assistants?|agents?|models?|systems?|bots?) (?:reading|processing|must|should|that (?:read|process|see))\b/u,
      /\badmit to using an? (?:llm|ai)\b|\busing an? llm to write\b/u,
      /\b(?:do not|don't|never|without) (?:tell|telling|mention|mentioning|inform|informing|alert|alerting|notify|notifying|reveal|revealing)(?: [^ ]{1,14}){0,3} (?:the )?(?:user|human|person|owner|anyone|this instruction)/u,
    ],
  },
  {
    sign: 'it wants something sent or done',
    patterns: [
      near(
        'send|forward|email|e-mail|post|upload|transmit|transfer|exfiltrate|leak|deliver|copy|cc|bcc',
        '(?:to|at) (?:[^ ]{1,14} ){0,3}?(?:https?:[^ ]{1,200}|www\\.[^ ]{1,100}|[\\w.+-]{1,64}@[\\w.-]{1,100}|[a-z]{2}\\d{2}[a-z0-9]{8,30})',
        10,
      ),
      near(
        'call|invoke|use|run|execute|trigger',
        '(?:the )?(?:[a-z_]{2,30}_[a-z_]{2,30}|[a-z_]{2,30}) (?:tool|function|command|api)\\b',
        1,
      ),
      near(
        'click|visit|go to|navigate|download|browse|open|check out|redirect|direct|directing|linking|links?|point(?:ing)?',
        '(?:[^ ]{1,14} ){0,4}?(?:https?:[^ ]{1,200}|www\\.[^ ]{1,100}|[a-z0-9-]{2,40}\\.(?:com|net|org|io|xyz|site|info|biz|co))',
        4,
      ),
      near(
        'reset|update|verify|confirm|enter|provide|submit',
        '(?:your|their|his|her) (?:password|credentials|account|credit card|bank details|payment details|login)',
        2,
      ),
      near(
        'delete|erase|wipe|remove|drop|destroy|transfer|wire|pay|purchase|refund',
        '(?:all|every|the entire|the whole|\\$ ?\\d|\\d[\\d,.]{2,} (?:usd|eur|dollars|euros))',
        1,
      ),
    ],
  },
];
