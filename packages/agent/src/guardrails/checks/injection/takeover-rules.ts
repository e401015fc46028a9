import { type InjectionRule, near } from './injection-rule.js';

const IGNORE =
  'ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|bypass(?:ing)?|overrid(?:e|ing)|neglect|abandon|drop|discard';
const EARLIER = 'previous|prior|above|earlier|preceding|foregoing|initial|original|existing|former|past|other|system';
const RULES =
  'instructions?|directives?|directions|rules|guidelines|prompts?|commands?|orders|constraints|programming|restrictions|' +
  'protocols?|polic(?:y|ies)|training|context|messages?|inputs?|limitations|safeguards|filters?';
const SECRET =
  'passwords?|passcodes?|pass ?phrases?|secret (?:key|word|code|phrase|token|string|information|number)s?|secrets?|' +
  'api[ -]?keys?|access (?:code|key|token)s?|confidential (?:string|information|data|code|key|word|phrase)|credentials|' +
  'private keys?|security codes?|pin codes?|the key that unlocks';
const PROMPT =
  'system prompt|system message|initial prompt|original prompt|hidden prompt|secret prompt|pre-?prompt|' +
  '(?:initial|original|hidden|secret|system|previous|prior|above|full|exact|own) instructions|' +
  'your (?:prompt|instructions|rules|guidelines|directives|programming|configuration|system)|' +
  'prompt (?:above|verbatim)|(?:text|words|everything) above';
const TELL =
  'reveal|tell|show|print|repeat|give|share|output|display|leak|disclose|expose|divulge|provide|send|say|write|spell|encode|' +
  "translate|list|return|recite|dump|copy|summari[sz]e|confirm|what(?: i|')s|what are|what was|what were|what would|know";

/** Of people who want help with their own secrets. */
const HARMLESS =
  'how|reset|change|recover|forgot|forget|strong|secure|store|hash|manage|protect|choose|create|set|generate|about|my';

/** Signs in whatever an agent reads, from users as from tools. */
export const TAKEOVER_RULES: InjectionRule[] = [
  {
    sign: 'it sets earlier instructions aside',
    patterns: [
      near(IGNORE, `(?:${EARLIER}) (?:[^ ]{1,20} ){0,3}?(?:${RULES})`, 3),
      near(
        IGNORE,
        `(?:all|any|every|each|my|your|these|those|its|openai|their) (?:of )?(?:the |your |my |those |these )?(?:${RULES})`,
        1,
      ),
      near(
        IGNORE,
        '(?:the|all|everything|anything|what|text)(?: of)?(?: the| that was| you were| said| told)? (?:above|before|previously|earlier|told)',
        1,
      ),
      /(?:^|[.!?:;,"'\])>-] ?|\b(?:please|and|then|now|first|just) )(?:ignore|disregard|forget)(?: about)? (?:everything|all of (?:that|this|it)|all that|that,)/u,
      near(
        `do not|don't|stop|never|no longer|not have to|need not`,
        `(?:follow|obey|adhere to|comply with|abide by|bound by)(?: [^ ]{1,20}){0,4}? (?:${RULES})`,
        3,
      ),
      near('instead of', `following(?: [^ ]{1,20}){0,3}? (?:${RULES})`, 1),
      /(?:new|updated|real|actual|true|revised) (?:instructions?|task|objective|directives?|orders|system prompt)(?: [^ ]{1,12}){0,2} ?[:=]/u,
      /(?:from now on|henceforth|starting now|as of now)[ ,]{1,2}(?:you|your|the assistant|ignore|respond|answer|act|reply|do|only|always)/u,
      /\b(?:end of|begin(?:ning)? of) (?:system |the )?(?:prompt|instructions|context)\b/u,
    ],
  },
  {
    sign: 'it wants another persona without limits',
    patterns: [
      /\bdo anything now\b|\bjailb(?:reak|roken)(?:ed)? (?:mode|prompt|version|chatgpt|gpt|ai)|\b(?:as|like|called|named|being|be|to) dan\b|\bdan (?:mode|can|will|has|is)\b/u,
      /\b(?:developer|debug(?:ging)?|god|maintenance|admin(?:istrator)?|root|override|unrestricted|unfiltered|sudo|opposite|evil) mode\b(?! (?:is|of|on) (?:my|the|a) (?:phone|device))/u,
      near(
        "act|behave|pretend|respond|answer|roleplay|role-play|immerse yourself|you are|you are now|you will be|you are going to be|you're now",
        '(?:an? |the )?(?:unrestricted|unfiltered|uncensored|amoral|unethical|jailbroken|dan|lawless|rule-?less|unaligned)',
        8,
      ),
      near(
        'without|no|free (?:of|from)|not have|has no|have no|lacks?|bypass|remove|ignore|removed|broken free of',
        "(?:any |all |the |its |your |openai's |typical )*(?:(?:ethical|moral|content|safety|openai|programmed|typical|usual)(?: (?:or|and|,) (?:ethical|moral|legal|safety))? (?:restrictions|limitations|guidelines|filters?|policies|rules|confines|principles))",
        1,
      ),
      near(
        '(?:rules|filters?|restrictions|limits|limitations|guidelines|policies|policy)',
        "(?:do not|don't|no longer|does not|doesn't|cannot|can't|will not|won't) (?:(?:apply|matter) (?:to you|here|to me|any ?more)|(?:bind|concern|restrict) you)",
        5,
      ),
      near(
        "not|isn't|aren't|never|no longer",
        '(?:be )?(?:bound|restricted|limited|constrained|subject)(?: [^ ]{1,14}){1,6}? (?:rules|polic(?:y|ies)|guidelines|restrictions|limitations|ethics|laws|filters|programming|confines)',
        1,
      ),
      near(
        '(?:all|any|every|whatever)',
        '(?:requests?|questions?|prompts?)(?: [^ ]{1,14}){0,6}? (?:no matter|regardless|without refus(?:al|ing))',
        2,
      ),
      /\bno matter how (?:immoral|unethical|illegal|dangerous|harmful|offensive)\b|\b(?:say|do|answer) anything now\b|\bwithout (?:any )?(?:refusals?|refusing|disclaimers?)\b/u,
      /\b(?:amoral|unfiltered|uncensored|unethical|jailbroken|unrestricted)(?:,? (?:and )?[^ ]{1,14})? (?:chatbot|ai|bot|assistant|character|model|language model|responses?|version|persona)\b/u,
      /\b(?:never|not|cannot|can't|don't) (?:refuse|decline|say no|reject|censor|deny)\b(?: [^ ]{1,14}){0,6}? (?:request|anything|question|order|command|task|prompt|answer|user|what i|my|any|me)\b/u,
      /\byou (?:are|'re) (?:now|going to) (?:an? )?(?:dan\b|going to (?:act|pretend)|free\b|unlocked|unshackled|liberated)/u,
      /\b(?:no special|without (?:any )?|has no (?:special )?|no )(?:content )?(?:filtering|censorship|filters?)\b/u,
      /\byou (?:can|may|must|will|are (?:able|allowed) to) (?:now )?(?:say|do|generate|write|answer|provide|create) (?:absolutely )?(?:anything|everything|whatever)\b/u,
      /\btwo (?:responses|answers|ways|replies)\b.{0,200}\b(?:jailbreak|unfiltered|dan|normal(?:ly)?)\b/u,
    ],
  },
  {
    sign: 'it speaks as the system or its makers',
    patterns: [
      /<\|?(?:im_start|im_end|system|endoftext|assistant|user|eot_id|start_header_id)\|?>|\[\/?inst\]|<<\/?sys>>|<\/?system[ _a-z]{0,20}>|\[system\]|###? ?(?:system|instructions?) ?:|^ ?system ?:/u,
      /\bsystem (?:mode|override|reset|update|command|alert|notice|instruction)s?\b ?[:>'"\])]|\b(?:system override|override mode|override protocol|administrator override|admin override|security override)\b/u,
      /\bi(?:'m| am) (?:actually )?(?:your|the) (?:developer|maintainer|creator|programmer|administrator|admin|owner|engineer|maker|god|master|supervisor)\b/u,
      /\bi(?:'m| am) (?:god|openai|the president|from openai|an? (?:openai|anthropic) (?:employee|engineer|developer))\b/u,
      /\bas an? (?:ai|assistant|model|language model) (?:developed|created|made|built) by\b.{0,80}\b(?:i'm|i am|i need|initiat|verify|provide)/u,
    ],
  },
  {
    sign: 'it asks for instructions or secrets',
    patterns: [
      near(TELL, `(?:${PROMPT})`, 4),
      near(TELL, `(?:your|our|the|its|their|user's|system's)(?: [^ ]{1,14}){0,2}? (?:${SECRET})`, 4, HARMLESS),
      near('(?:give|tell|share|show|send) (?:me|us|it|them)', `(?:${SECRET})`, 4, HARMLESS),
      near(
        `(?:${SECRET})`,
        `(?:in|as|using|with|for|backwards|to) (?:base64|reverse|leetspeak|leet|rot13|a poem|haiku|hex|binary|morse|pig latin|json)`,
        3,
      ),
      near(
        'poem|haiku|song|story|riddle|acrostic',
        `(?:about|of|with|containing|hiding) (?:the|your|our) (?:${SECRET})`,
        1,
      ),
      near(
        'repeat|print|output|recite|copy|echo',
        '(?:everything|all|the text|the words|the content|what)(?: [^ ]{1,14}){0,3}? (?:above|before this|so far|starting with|verbatim)',
        2,
      ),
      near(
        'first|last|second|third',
        `(?:letters?|characters?|words?|digits?|sentences?|lines?|part)(?: of| in| from)(?: [^ ]{1,14}){0,2}? (?:${SECRET}|${PROMPT})`,
        2,
      ),
    ],
  },
  {
    sign: 'it puts instructions together from pieces',
    patterns: [
      /\b[xyzs] ?= ?[a-z] ?\+ ?[a-z](?: ?\+ ?[a-z])?\b/u,
      /\b(?:combine|concatenate|join|interlace|interleave|merge|append|assemble)\b.{0,40}\b(?:a, ?b(?:,? and c)?|part ?1|strings?|part one|pieces|fragments|the parts|variables)\b.{0,250}\b(?:answer|execute|follow|run|do|respond|part ?2|question|is "|print)\b/u,
      /\b(?:interlace|interleave) part ?1\b/u,
    ],
  },
  {
    sign: 'it repeats itself without end',
    patterns: [/(?:^| )([^ ]{0,40}[\p{L}\p{N}][^ ]{0,40})(?: \1){24}/u, /([\p{L}\p{N}].{1,11}?)\1{39}/u],
  },
];

/** "Ignore the previous instructions" in other languages: the verb, and what is to be ignored, in either order. */
const FOREIGN: [verb: string, object: string][] = [
  [
    'oublie[rz]?|ignore[rz]?|ne tiens pas compte|ne tenez pas compte',
    'instructions|directives|consignes|règles|tout ce qui précède',
  ],
  [
    'olvid[ae](?:te)?|olvídate|ignor[ae]|omit[ae]|desestim[ae]|haz caso omiso',
    'instrucciones|directivas|directrices|órdenes|reglas|lo anterior|lo de arriba',
  ],
  [
    'vergiss|vergessen|ignorier[et]?|ignorieren|missachte|missachten',
    'das obige|obige[ns]?|vorherige[ns]?|alles|anweisungen|instruktionen|anleitungen|regeln|richtlinien|befehle|vorgaben',
  ],
  [
    'ignore|esqueça|desconsidere|desconsiderar|esquecer',
    'o acima|acima|anteriores|instruções|diretrizes|diretivas|regras|ordens',
  ],
  [
    'ignora|dimentica|trascura|ignorare|dimenticare|ignorate',
    'quanto sopra|tutto ciò|precedenti|istruzioni|direttive|regole|indicazioni|comandi',
  ],
  ['negeer|vergeet', 'instructies|opdrachten|richtlijnen|aanwijzingen|regels'],
  ['glöm|ignorera|bortse från|strunta i', 'instruktioner|anvisningar|regler|riktlinjer'],
  [
    'zignoruj|ignoruj|zapomnij|pomiń',
    'instrukcj\\p{L}*|polece\\p{L}*|wytyczn\\p{L}*|dyrektyw\\p{L}*|zasad\\p{L}*|powyższ\\p{L}*|poprzedni\\p{L}*',
  ],
  [
    'игнорируй(?:те)?|проигнорируй(?:те)?|забудь(?:те)?|не обращай(?:те)? внимания',
    'инструкци\\p{L}*|указани\\p{L}*|директив\\p{L}*|правил\\p{L}*|предыдущ\\p{L}*|выше|все, что',
  ],
  ['ігноруй(?:те)?|забудь(?:те)?', 'інструкці\\p{L}*|вказівк\\p{L}*|правил\\p{L}*|попередн\\p{L}*'],
  [
    'unut(?:un)?|yok ?say(?:ın)?|görmezden gel(?:in)?|göz ardı et(?:in)?|dikkate alma(?:yın)?',
    'talimat\\p{L}*|yönerge\\p{L}*|kural\\p{L}*|komut\\p{L}*|yukarıdaki\\p{L}*|önceki\\p{L}*',
  ],
  ['bỏ qua|quên|phớt lờ', 'hướng dẫn|chỉ thị|chỉ dẫn|lệnh|quy tắc|ở trên|trước đó|phía trên'],
  ['abaikan|lupakan', 'instruksi|petunjuk|arahan|perintah|aturan|di ?atas|sebelumnya'],
  ['αγνοήστε|αγνόησε|ξεχάστε|ξέχνα', 'οδηγίες|εντολές|κανόνες'],
  ['ignorați|ignoră|uită|uitați', 'instrucțiuni\\p{L}*|regul\\p{L}*|directive\\p{L}*|mai sus'],
  ['ignoruj(?:te)?|zapomeň(?:te)?', 'pokyny|instrukce|pravidla|příkazy'],
  ['تجاهل|انس|تجاهلوا|انسى', 'تعليمات|التعليمات|توجيهات|التوجيهات|الأوامر|الإرشادات'],
  ['huwag pansinin|kalimutan|balewalain', 'tagubilin|utos|panuto|nakaraang|nasa itaas|lahat'],
  ['התעלם|שכח|התעלמו', 'הוראות|ההוראות|הנחיות|ההנחיות'],
];

/** Languages that put no spaces between words, or the verb last. */
const FOREIGN_PHRASES: RegExp[] = [
  /(?:忽略|无视|忘记|忘掉|不要理会|無視|忽視|忘記|請忽略).{0,12}(?:指示|指令|说明|說明|命令|规则|規則|提示|要求|以上|上述|上面|之前)/u,
  /(?:指示|命令|指令|ルール|説明|プロンプト|手順|上記|以前).{0,10}(?:無視|忘れ)|(?:無視して).{0,30}(?:ください|述べ|言って|答え)/u,
  /(?:지시|명령|지침|규칙|설명|안내|프롬프트|위의 (?:것|내용)|이전).{0,10}(?:무시|잊)/u,
  /(?:निर्देश|आदेश|नियम|अनुदेश).{0,24}(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल|उपेक्षा|ध्यान न)/u,
  /(?:คำสั่ง|คำแนะนำ|กฎ).{0,24}(?:เพิกเฉย|ละเว้น|ลืม)|(?:เพิกเฉย|ไม่ต้องสนใจ|อย่าไปสนใจ|ไม่สนใจ|ลืม).{0,24}(?:คำสั่ง|คำแนะนำ|กฎ|ข้างต้น)/u,
  /(?:নির্দেশ|আদেশ).{0,24}(?:উপেক্ষা|ভুলে)/u,
];

const FOREIGN_PASSWORD =
  'mots? de passe|clés? secrètes?|c(?:lave|have|hiave|ódigo|ode|odice)s? (?:secret[oa]s?|segret[oa])|llaves? secretas?|geheime[rn]? schlüssel|секретн\\p{L}* ключ\\p{L}*|kunci rahasia|gizli anahtar\\p{L}*|contraseñas?|passw(?:o|ö)rt(?:er)?|kennwort|senhas?|palavra-passe|wachtwoord|lösenord(?:et)?|hasł[oa]|парол[ьяи]|' +
  'palabra clave|şifre(?:niz|n|si)?|parola(?:nız|n)?|mật khẩu|kata sandi|κωδικ(?:ός|ό)|heslo|كلمة المرور|كلمة السر|סיסמ(?:ה|א)|passordet';
const FOREIGN_ASK =
  'quel(?:le)?s?|donne[rz]?|dis|dites|partage[rz]?|révéle[rz]?|cuál|cual|qué|da(?:me|r)|dime|diga|compart(?:e|ir|as|iras)|revel[ae]r?|was|' +
  'wie|gib|geben|sag(?:en)?|teilen|nenne(?:n)?|verrate(?:n)?|qual|dê|diz|compartilh(?:e|ar)|quale?|dimmi|dare|dai|wat|geef|vertel|' +
  'vad|ge|jak(?:ie|i|a)|podaj|powiedz|какой|какая|каков|скажи(?:те)?|дай(?:те)?|назови|поделитесь|nedir|ne|söyle(?:yin|r)?|ver(?:in)?|' +
  'là gì|cho|chia sẻ|tiết lộ|apa|beri(?:kan|tahu)?|bagikan|ποιο|ποιος|δώσε|δώστε|πες|jaké|řekni|ما|أخبرني|أعطني|شارك|מה|תן|ספר';

export const FOREIGN_RULES: InjectionRule[] = [
  {
    sign: 'it sets earlier instructions aside',
    patterns: [
      ...FOREIGN.map(([verb, object]) => near(verb, object, 4)),
      ...FOREIGN.map(([verb, object]) => near(`(?:${object})[\\p{L}]{0,6}`, verb, 3)),
      ...FOREIGN_PHRASES,
    ],
  },
  {
    sign: 'it asks for instructions or secrets',
    patterns: [
      near(FOREIGN_ASK, `(?:${FOREIGN_PASSWORD})`, 6),
      near(
        'qual|quale|dimmi|puoi|potresti|confermare|condividere|ano|ibahagi',
        '(?:(?:la|tua|della|sulla|ang|iyong) ){1,3}password',
        3,
      ),
      near(`(?:${FOREIGN_PASSWORD})[\\p{L}]{0,6}`, FOREIGN_ASK, 4),
      /(?:密码|密碼|口令|暗号|パスワード|秘密の鍵|비밀번호|암호|पासवर्ड|รหัสผ่าน|পাসওয়ার্ড).{0,14}(?:是什么|是什麼|告诉|告訴|分享|透露|给我|何です|何ですか|教えて|共有|무엇|알려|공유|क्या|बता|साझा|อะไร|บอก)/u,
      /(?:告诉|告訴|分享|透露|给我|提供|确认|写|你的|您的|あなたの|너의|당신의|आपका|आपके|अपना).{0,4}(?:密码|密碼|口令|パスワード|비밀번호|पासवर्ड|รหัสผ่าน)/u,
    ],
  },
];
