"""Phrases of chat models that people hardly use, as regular expressions over lowered text with straight apostrophes.

Narrow on purpose: a match counts against a generator, and in human rows against their origin. What people write too
("I'm sorry to hear that", "Sure, why not", "Let me know if you need any further help") must not match. Written from
what chat models are known to write, and tested on human answers, prompts and essays, where none of them matches.
"""

# ruff: noqa: RUF001 - Chinese phrases have full-width punctuation

from __future__ import annotations

from gates.data.text.marks.template_tokens import TEMPLATE_TOKEN

# The model as it names itself. "Assistant" and "program" alone are words of people too.
_MACHINE = (
    r"(?:(?:an?|your) )?(?:(?:large |ai |artificial intelligence )*language model"
    r"|ai(?: assistant| model| chatbot)?|artificial intelligence|llm|chatbot)\b"
)
_MADE = r"(?: (?:developed|created|trained|made|designed|built) by \w+)"

SELF_REFERENCE = (
    # "As an AI language model, I ...": the comma or the "I" shows that the model speaks of itself; in "as a language
    # model is trained" and "as an AI researcher, I" it does not.
    rf"\bas {_MACHINE}{_MADE}?(?:,|\s+i\b)",
    # The noun must end the phrase: "I am an AI engineer" is a person.
    rf"\bi(?:'m| am) (?:just |only |merely |simply )?{_MACHINE}(?:{_MADE}|\s*[.,;!)]| and (?:do|don't|can|cannot|can't|am)\b|\s*$)",
    r"\bmy (?:knowledge cut-?off|training data (?:only )?(?:goes|ends)|last (?:knowledge|training) update)\b",
    # German, French, Spanish, Portuguese, Italian, Chinese, Japanese, Russian.
    r"\bals (?:ein )?(?:ki-?(?:sprachmodell|modell|assistent)|(?:großes )?sprachmodell|künstliche intelligenz)\b(?:,| (?:kann|habe|bin) ich)",
    r"\ben tant qu(?:'|e )(?:une? )?(?:intelligence artificielle|assistant(?:e)? virtuel(?:le)?|ia|mod[èe]le de langage)\b",
    r"\bcomo (?:un |uma? )?(?:modelo de (?:lenguaje|linguagem|ia)|asistente de ia|inteligencia artificial,)",
    r"\bcome modello (?:di linguaggio|linguistico)",
    r"作为(?:一个|一名|一款)?(?:大型)?(?:人工智能|ai|大?语言模型)(?:助手|语言模型|模型)?[，,我]",
    r"(?:ai|人工知能|言語モデル)(?:アシスタント|言語モデル|モデル)?として、",
    r"как (?:языковая модель|искусственный интеллект),",
)

# What a model declines: its own service, not a refund or an invitation.
_DECLINED = (
    r"(?:(?:help with|assist(?: you)? with) (?:that|this|your request|the request|such)\b|help you with (?:your|the|this|that) request\b"
    r"|(?:fulfill?|comply with|complete|process|answer|respond to) (?:that|this|your|the|such) (?:request|question|prompt|query)"
    r"|(?:generate|create|produce|write|provide|engage in|discuss|support|promote|share) (?:[\w-]+ ){0,6}"
    r"(?:content|information|instructions|material|opinions|advice|conversations?|images?|assistance))"
)
_CANNOT = (
    r"(?:unfortunately,? |regrettably,? )?"
    r"(?:(?:i|we) (?:can(?:'?t|not| not)|won't be able to|must (?:respectfully |politely )?decline to|will not)"
    r"|(?:i(?: am|'m)|we(?: are|'re)) (?:unable|not able) to)"
)

# At the start of the text: in its middle, a letter or a dialogue may say so.
REFUSAL_AT_START = (
    rf"^\W*(?:(?:i'm|i am|we're|we are) )?(?:so |very |really )?(?:sorry|afraid)[,.;:]?(?: but)?,? (?:that )?{_CANNOT} {_DECLINED}",
    rf"^\W*i apologi[sz]e,? but {_CANNOT} {_DECLINED}",
    rf"^\W*{_CANNOT} {_DECLINED}",
    r"^\W*(?:es )?tut mir leid,? (?:aber )?(?:ich kann (?:ihnen |dir )?(?:dabei|damit|diese anfrage)|(?:dabei|damit) kann ich)(?: \w+){0,3} nicht\b",
    r"^\W*(?:je suis )?d[ée]sol[ée]e?,? (?:mais )?je ne (?:peux|suis) pas (?:en mesure de |capable de )?(?:vous aider avec|r[ée]pondre à cette|fournir d|g[ée]n[ée]rer)",
    r"^\W*lo siento,? (?:pero )?no puedo (?:ayudar(?:te|le)? con (?:eso|esa|tu|su)|cumplir con|proporcionar|generar)",
    r"^\W*(?:很|非常)?(?:抱歉|对不起)，?(?:但)?我(?:无法|不能)(?:帮助|协助|提供|回答|满足|完成|生成)",
    r"^\W*申し訳(?:ありません|ございません)が、.{0,20}(?:お答え|提供|お手伝い)(?:\w{0,4})できません",
)
# What people who answer questions write as well: a share beyond theirs says something.
DECLINED = (
    r"^\W*(?:(?:i'm|i am|we're|we are) )?(?:so |very |really )?(?:sorry|afraid)?[,.;:]?(?: but)?,? ?(?:unfortunately,? )?(?:i|we) can(?:'?t|not| not) (?:help|assist)(?: you)?\b",
    r"^\W*i must (?:respectfully|politely) decline\b",
    r"^\W*(?:leider )?(?:ich kann|kann ich) (?:ihnen |dir |euch )?(?:dabei|damit|hierbei|da) (?:leider )?nicht (?:weiter)?helfen\b",
    r"^\W*(?:malheureusement,? )?je ne (?:peux|suis) (?:malheureusement )?pas (?:en mesure de |capable de )?(?:vous |t')aider\b",
    r"^\W*(?:lo siento,? (?:pero )?|lamentablemente,? )?no (?:te |le )?puedo ayudar",
)
# Phrases of policy, wherever they stand.
REFUSAL_ANYWHERE = (
    r"\b(?:goes|go) against my (?:programming|guidelines)",
    r"\bviolates? (?:my|openai's) (?:guidelines|content polic|usage polic|use polic)",
    r"\bi (?:do not|don't|cannot|can't) have (?:personal (?:opinions|beliefs|feelings|experiences)\b|access to real-?time)",
)

# Agreement and then a delivery, at the start: "Sure, here is the text", "Certainly! Below is a revised version".
# "Here is" alone opens many human texts, and "Sure, I'd be happy to help" is what people in support write.
PREAMBLE = (
    r"^\W*(?:sure(?: thing)?|certainly|of course|absolutely|definitely|with pleasure)\s*[,!.:]+\s*(?:(?:here|below|the following) (?:is|are)|here's)\b",
    r"^\W*(?:here's|here is|here are|below is|below are) (?:[\w-]+ ){1,6}based on (?:your|the) (?:request|prompt|input|instructions?|requirements)\b",
    r"^\W*(?:natürlich|gerne?|selbstverständlich)\s*[,!.]+\s*hier (?:ist|sind)\b",
    r"^\W*(?:bien sûr|certainement|avec plaisir)\s*[,!.]+\s*voici\b",
    r"^\W*[¡]?(?:claro|por supuesto|con gusto|desde luego)(?: que sí)?\s*[,!.]+\s*(?:aquí (?:está|tiene|hay)|a continuación)",
    r"^\W*(?:当然|好的)(?:可以)?[，,！!。]\s*(?:以下是|这是|下面是)",
)

# How answers announce themselves, and offer more: people do so too, so that only a share beyond theirs says anything.
ANNOUNCEMENT = (
    r"^\W*(?:sure(?: thing)?|certainly|of course|absolutely|definitely|with pleasure)\s*[,!.:]",
    r"^\W*(?:here(?:'s| is| are)|below (?:is|are)|(?:the )?following (?:is|are)|as (?:you )?requested)\b",
    r"^\W*(?:hier (?:ist|sind)|im folgenden|nachfolgend|natürlich\s*[,!.]|gerne?\s*[,!.])",
    r"^\W*(?:voici|ci-dessous|bien sûr\s*[,!.])",
    r"^\W*(?:aqu[ií] (?:está|están|estão|tiene|tienes|hay)|a continuación|a seguir|claro\s*[,!.]|por supuesto\s*[,!.]|ecco )",
    r"^\W*(?:当然|好的|以下是|下面是|以下は|以下に|もちろん)",
)
OFFER = (
    r"\bi hope (?:this|that|it) (?:helps|is helpful|answers)\b[^.!?]*[.!]?\W*$",
    r"\b(?:let me know|feel free to (?:ask|reach out|contact)|don't hesitate to)\b[^.!?]*[.!]?\W*$",
    r"\b(?:is there anything else|would you like me to|do you want me to)\b[^.!?]*\?\W*$",
)

# Few-shot prompts and chat templates that the generator went on writing.
LEAKED_FRAME = (
    r"(?m)^[ \t]*(?:input|output)[ \t]*:",
    r"(?m)^#{2,3} (?:instruction|response|input|output|human|assistant|user)s?(?::[ \t]|:?[ \t]*$)",
    # The next turn of a transcript; in a single text people let a user and a bot speak line by line.
    r"\n[ \t]*\n(?:human|user)[ \t]*:(?:\s|$)",
    r"(?m)^#{1,3} ?(?:human|user|assistant)[ \t]*:",
    r"^\s*assistant[ \t]*:",
    r"^\W*below is an instruction that describes a task",
    # A system prompt as the answer begins; and a transcript that begins with one.
    r"^\W*you are an? (?:[\w-]+,? ){0,4}?(?:helpful|ai|artificial intelligence|virtual|large language)\b[^.!?\n]{0,60}\b(?:assistant|chatbot|model|ai)\b",
    r"^\s*system[ \t]*:[^\n]*\n(?:[^\n]*\n){0,20}?[ \t]*(?:user|human|assistant)[ \t]*:",
    # The whole answer as the source of a page that should be shown.
    r"^\s*```(?:markdown|md)[ \t]*\n(?s:.*)\n[ \t]*```\s*$",
    # The answer of a model that was asked for JSON, which nobody has read out of it.
    r"^\s*(?:```(?:json)?\s*)?\{\s*\"(?:response|answer|output|text|content|result|completion|message)\"\s*:",
    # The end of thoughts whose beginning the chat template wrote (DeepSeek R1, QwQ, Qwen 3); whole thoughts are what some
    # sets teach.
    r"^[^<]*</think>",
    TEMPLATE_TOKEN,
)

# No sentence ends in a comma, an article, a conjunction or a preposition that takes what follows. Missing end
# punctuation alone is no sign: signatures, lists and code have none, and so have 8 of 267 long human texts.
DANGLING_END = (
    r"(?:,|[^.!?\s]\s(?:the|an|and|or|of|than|because|its|their|my|your|der|und|oder|ein|eine|et|ou|du|des|los|las|para))\s*$",
)

# What stands where a text was to be written: alone, or in the words that printers take.
STAND_IN = (
    r"^[\s\p{P}]*(?:todo|tbd|tba|fixme|placeholder|lorem ipsum[^\n]*)[\s\p{P}]*$",
    r"^[\s\p{P}]*(?:insert (?:your |an? |the )?)?(?:\w+ )?(?:answer|response|text|output|content)(?: goes)? here[\s\p{P}]*$",
    r"\blorem ipsum dolor sit amet",
)
# Letters and forms of people have blanks too: "[Your Name]", "<insert date>", "{{company}}".
BLANK_TO_FILL = (
    r"[\[<](?:your|insert|enter|add|recipient|company|client|customer|candidate|employer|sender)(?:['\u2019]s)?(?:[ _-][\w'./-]{1,20}){0,4}[\]>](?:[^(\[:]|$)",
    r"\[(?:name|date|address|city|phone number|email|email address|job title|first name|last name|product|location)\](?:[^(\[:]|$)",
    r"\{\{ ?[a-z_]{2,30} ?\}\}",
)
# What a reasoning model wrote before it answered, whole (DeepSeek R1, QwQ, Qwen 3).
THOUGHTS = (r"^\s*<think(?:ing)?>(?s:.*?)</think(?:ing)?>",)
