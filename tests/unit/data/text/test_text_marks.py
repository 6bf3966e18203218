# ruff: noqa: RUF001 - curly quotes and full-width punctuation are what is tested
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from gates.data.text.marks.markers import (
    BOILERPLATE,
    DEGENERATE,
    HABITS_OF_TEXTS,
    STOCK_PHRASES,
    Mark,
    mark_names,
    marks,
)
from gates.data.text.marks.template_tokens import TEMPLATE_TOKENS
from gates.data.text.tokens import tokenise

FILLER = (
    "The committee met on Tuesday and talked about roads, schools and the price of bread until late in the evening. "
)


# What people do as well, apart from what they do not.
HABITS = STOCK_PHRASES | HABITS_OF_TEXTS & ~Mark.EXCERPT


def marks_of(*texts: str | None, prompts: list[str | None] | None = None) -> list[Mark]:
    return [mark & ~HABITS for mark in all_marks_of(*texts, prompts=prompts)]


def habits_of(*texts: str) -> list[Mark]:
    return [mark & HABITS for mark in all_marks_of(*texts)]


def all_marks_of(*texts: str | None, prompts: list[str | None] | None = None) -> list[Mark]:
    array = pa.array(texts, pa.large_string())
    prompt_column = None if prompts is None else pa.array(prompts, pa.large_string())
    marked = marks(array, tokenise(array), prompt_column)
    assert marked.dtype == np.uint32
    return [Mark(int(flags)) for flags in marked]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model, I cannot recommend stocks.",
        "That is a matter of taste; as a large language model, I have none.",
        "I'm just an AI and can't feel pain.",
        "I am an AI.",
        "As an AI developed by OpenAI, I try to be fair.",
        "As an AI language model I do not eat.",
        "It may have changed since my knowledge cutoff.",
        "Als KI-Sprachmodell kann ich keine Meinung haben.",
        "Als ein großes Sprachmodell habe ich keine Gefühle.",
        "En tant que modèle de langage, je ne peux pas voter.",
        "En tant qu'intelligence artificielle, je n'ai pas d'avis.",
        "Como modelo de lenguaje, no tengo opiniones.",
        "Como un modelo de IA, no puedo sentir.",
        "Come modello linguistico, non ho opinioni.",
        "作为一个人工智能语言模型，我没有个人观点。",
        "AIアシスタントとして、意見はありません。",
        "Как языковая модель, я не имею мнения.",
    ],
)
def test_a_model_that_names_itself_is_marked(text):
    assert Mark.SELF_REFERENCE in marks_of(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that request.",
        "I’m sorry, but I cannot assist with that.",
        "I am sorry, but I am unable to fulfill this request.",
        "I apologize, but I cannot provide medical advice.",
        "I cannot generate content that promotes violence.",
        "Stealing goes against my programming.",
        "This would violate OpenAI's content policy, or rather it violates OpenAI's content policy.",
        "I don't have personal opinions, but many people like jazz.",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "很抱歉，我无法提供这些信息。",
        "Unfortunately, I cannot assist with this request.",
        "I'm unable to fulfill that request.",
        "I must respectfully decline to answer this question.",
    ],
)
def test_a_refusal_is_marked(text):
    assert Mark.REFUSAL in marks_of(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "Sure, here is the text you asked for: once upon a time",
        "Certainly! Here's a revised version.",
        "Of course! Below is an outline.",
        "Here is a short essay based on your prompt:",
        "Natürlich! Hier ist der Text.",
        "Bien sûr, voici le texte.",
        "¡Claro! Aquí está el texto.",
        "当然！以下是您要的文章。",
    ],
)
def test_a_chat_preamble_is_marked(text):
    assert marks_of(text) == [Mark.PREAMBLE]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry to hear that you are ill. I can't come tomorrow.",
        "I'm sorry, but I can't refund tickets bought elsewhere.",
        "I am sorry but I can't make it to dinner.",
        "Sure, why not? Here is my number.",
        "Sure, I'd be happy to help you with your order.",
        "Here is the report you asked for.",
        "I am an AI engineer at a bank, and as an AI researcher, I read a lot.",
        "As a language model is trained, its loss falls.",
        "As an assistant, I answered the phone.",
        "Aimee, as an aide, I thank you.",
        "Let me know if you need any further help.",
        "He said: I'm sorry, but I can't help with that request.",
        "Of course, here and there it rained, and of course the match was lost.",
        "Sorry, I can't help you with this, please ask the author.",
    ],
)
def test_what_people_write_carries_no_boilerplate(text):
    assert marks_of(text)[0] & BOILERPLATE == Mark(0)


def test_blank_texts_and_nulls_are_empty():
    assert marks_of("", None, " \n\t\u3000", "!", "a") == [Mark.EMPTY, Mark.EMPTY, Mark.EMPTY, Mark(0), Mark(0)]


def test_a_text_that_goes_round_in_circles_loops_and_a_refrain_does_not():
    loop = "he said that she said that they said it was so and " * 3
    refrain = "and so we sing the same old song again. " * 2 + FILLER
    thesis = "in my opinion computers have a positive effect on people. "
    essay = "".join(
        thesis + FILLER.replace("Tuesday", f"the day {day}").replace("roads", f"item {day}") for day in "abc"
    )

    unlike = " ".join(f"word{number}" for number in range(300))
    assert marks_of(loop, refrain, thesis * 3, essay + unlike) == [Mark.LOOP, Mark(0), Mark.LOOP, Mark(0)]


def test_loops_are_found_within_documents_only():
    line = "one two three four five six seven eight"

    assert marks_of(line, line, line, " ".join([line] * 3)) == [Mark(0), Mark(0), Mark(0), Mark.LOOP]


def test_only_a_long_text_with_a_dangling_end_is_cut_off():
    long = " ".join(f"word{number}" for number in range(120))

    cut = marks_of(f"{long} and the", f"{long},", f"{long} end", f"{long}\n\nSincerely,\n\nAnn Moore", "and the")

    assert cut == [Mark.TRUNCATED, Mark.TRUNCATED, Mark(0), Mark(0), Mark(0)]


def test_prompt_frames_and_chat_templates_leak():
    leaking = [
        "Paris\n\nInput: Spain\nOutput: Madrid",
        "Fine.<|im_end|>",
        "### Response:\nYes",
        "[INST] hello [/INST]",
        "### Response: Yes",
        "You are a helpful assistant. Answer briefly. Paris.",
        "System: Be brief.\nUser: Where?\nAssistant: Paris.",
        "```markdown\n# Paris\n\n```sh\nls\n```\n```",
    ]
    fine = [
        "The input: three numbers.",
        "Put in, put out: a game",
        "### Results of the survey",
        "a < b | c > d",
        "### Responses of the people",
        "You are an assistant professor, and a helpful one.",
        "You are Ann, and you are a friendly one.\nSystem: none",
        "System: Linux 6.1, 64 bit\nMemory: 8 GB",
        "Write\n```markdown\n# Paris\n```\nfor a heading.",
    ]

    assert marks_of(*leaking) == [Mark.LEAKED_FRAME] * len(leaking)
    assert marks_of(*fine) == [Mark(0)] * len(fine)


def test_a_long_answer_that_repeats_its_prompt_is_copied_and_a_short_one_may_be_right():
    long, short = "what is the capital of the country of France", "yes"

    assert marks_of(f" {long}\n", short, long, long, prompts=[long, short, "other", None]) == [
        Mark.COPIED_INPUT, Mark(0), Mark(0), Mark(0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [("What is Rust?", "What is Rust? A language."), ("Rustとは何ですか？", "Rustとは何ですか？ 言語です。")],
)
def test_a_short_question_is_no_answer_to_itself_and_what_is_no_question_may_be(prompt, answer):
    assert marks_of(answer, prompts=[prompt]) == [Mark.COPIED_INPUT]
    assert marks_of("The cat sat on the mat.", "Why? Because.", prompts=["The cat sat on", "Why?"]) == [Mark(0)] * 2


def test_an_answer_that_is_a_piece_of_its_prompt_is_an_excerpt_and_what_it_names_may_be_right():
    prompt = (
        "Which of these is better: a mattress of foam that lasts for twenty years or a bed of straw that costs nothing?"
    )
    answers = {
        "that lasts for twenty years or a bed of straw": Mark.EXCERPT,
        "That lasts: for twenty YEARS, or a bed of straw": Mark.EXCERPT,
        "a bed of straw": Mark(0),
        "The mattress of foam, because it lasts for twenty years and straw does not.": Mark(0),
    }

    assert marks_of(*answers, prompts=[prompt] * 4) == [*answers.values()]
    assert marks_of(*answers, prompts=["Why?"] * 4) == [Mark(0)] * 4


@pytest.mark.parametrize("family", TEMPLATE_TOKENS)
def test_token_of_any_family_of_models_leaks(family):
    assert marks_of(*(f"That is so. {token}" for token in TEMPLATE_TOKENS[family])) == (
        [Mark.LEAKED_FRAME] * len(TEMPLATE_TOKENS[family])
    )


def test_tokens_that_no_table_has_leak_by_their_form_and_code_does_not():
    leaking = [
        "<|tool_response|> ok",
        "<｜tool▁calls▁begin｜>",
        "Yes.\n\nHuman: and now?",
        "Assistant: yes",
        "### Assistant: yes",
    ]
    fine = [
        "a <| b |> c",
        "x <|> y",
        "<b>bold</b> <span>",
        "[1] see [note]",
        "The user: a person",
        "User: hi\nBot: ho",
        "list |> map",
    ]

    assert marks_of(*leaking) == [Mark.LEAKED_FRAME] * len(leaking)
    assert marks_of(*fine) == [Mark(0)] * len(fine)


@pytest.mark.parametrize(
    "text", ["\u3164", "\u2800", "\u115f\u1160", "\u200b", "\u00ad", "\U000e0041", "\u2066\u2069", "\ufe0f"]
)
def test_text_that_nobody_sees_is_empty(text):
    assert marks_of(text, f"{text}!") == [Mark.EMPTY, Mark(0)]


def test_code_block_without_an_end_is_open():
    closed = [
        "```python\nx = 1\n```\nDone.",
        "Use ```x``` here.",
        "~~~\na\n~~~",
        "> ```\n> a\n> ```",
        "```x = 1```\nDone.",
    ]
    opened = ["So:\n```python\nx = 1", "```\na\n```\nand\n```sh\nls", "  ```js\n  x()", "~~~\nx"]

    assert marks_of(*closed) == [Mark(0)] * len(closed)
    assert marks_of(*opened) == [Mark.OPEN_FENCE] * len(opened)


@pytest.mark.parametrize(
    "echo", ["{}\n\nParis.", "  {} Paris.", "**{}**\nParis.", "User: {}\nParis.", '"{}" Paris.', "{}"]
)
def test_answer_that_begins_with_its_prompt_copies_it(echo):
    prompt = "Please tell me what the capital of that country is called?"

    assert marks_of(echo.format(prompt), prompts=[prompt])[0] & Mark.COPIED_INPUT
    assert marks_of(f"You ask: {prompt} It is Paris.", prompts=[prompt]) == [Mark(0)]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize(
    "text", ["donâ", "café", "Größe", "£5", "don’t", "a – b", "a ✓ b", "привет", "καλά", "日本語", "😀", "a\u00a0b"]
)
def test_utf8_read_in_another_encoding_is_broken(text, encoding):
    assert marks_of(text) == [Mark(0)]
    # Windows-1252 has no characters for five bytes; decoders leave their numbers.
    misread = "".join(bytes([byte]).decode(encoding, "replace").replace("\ufffd", chr(byte)) for byte in text.encode())

    assert marks_of(f"Well, {misread} then.") == [Mark.BROKEN_ENCODING]


def test_letters_before_quotes_are_no_broken_encoding():
    texts = [
        "„Spaß“",
        "„MENÜ“",
        "está…”",
        "é…”",
        "«CAFÉ»",
        "«É»",
        "A",
        "MANHÃ,",
        "À",
        "LA",
        "CARTE,",
        "ÂGE,",
        "ÃO",
        "São",
        "Ðe",
    ]

    assert marks_of(*texts) == [Mark(0)] * len(texts)
    assert marks_of("Zürich, Ñandú, Ångström, crème brûlée, naïve, Þór, ”ä” and ’é’: “à”.") == [Mark(0)]


def test_long_text_that_ends_inside_a_sentence_is_unfinished():
    sentence = FILLER.strip()
    cut = [
        "and nobody of those who were there knew how it wou",
        "so on that day, although it rained,",
        "because there were 12",
    ]
    japanese = (
        "これは長い文章です。" * 4
        + "そして彼は静かに部屋を出て長い廊下を歩きながら昔のことをゆっくりと思い出して外へ出ようとして"
    )

    assert all(Mark.UNFINISHED in mark for mark in habits_of(*(f"{sentence} {end}" for end in cut), japanese))


@pytest.mark.parametrize(
    "end",
    [
        "", '"They all agreed on it in the end."', "(That was the first meeting of the year.)", "Was it? 😀", "यह अंत है।",
        "Best regards,\nAnna Meyer", "\n- a list of things that were said at the meeting there",
        "\n2. a list of things that were said at the meeting there", "Source: https://example.org/minutes/of/the/meeting",
        "\n    return the_price_of_bread = price.of(bread) + other(prices", "All of it was good #bread #prices",
        "\nKeywords: committee, roads, schools, bread, prices, evening",
    ],
)  # fmt: skip
def test_ends_of_finished_texts_are_not_unfinished(end):
    separator = "" if end.startswith("\n") else " "

    assert habits_of(FILLER.strip() + separator + end) == [Mark(0)]


def test_short_text_may_end_as_it_likes():
    assert habits_of("The committee met on Tuesday and talked about the price of bread") == [Mark(0)]


def test_announcements_and_offers_are_marked():
    opened = [
        "Here are three ideas.",
        "Sure! Bread.",
        "Below is a list.",
        "Hier ist der Text.",
        "Voici le texte.",
        "以下是列表。",
    ]
    closed = ["Bread. I hope this helps!", "Bread. Let me know if you need more.", "Bread. Would you like me to go on?"]

    assert habits_of(*opened, *closed) == [Mark.ANNOUNCEMENT] * 6 + [Mark.OFFER] * 3
    assert habits_of("There is bread here.", "I hope this helps him, but who knows. Bread.", "Surely.") == [Mark(0)] * 3


def test_a_sentence_in_capitals_is_marked_and_what_has_none_or_small_letters_is_not():
    assert habits_of("THE COMMITTEE MET ON TUESDAY.", "ПРИВЕТ ВСЕМ, КТО ЭТО ЧИТАЕТ!") == [Mark.CAPITALS] * 2
    fine = [
        "NATO, UNO, WHO",
        "THE COMMITTEE MET ON Tuesday.",
        "委員会は火曜日に会い、道路、学校、パンの値段について話しました。",
        "1234567890 1234567890",
    ]
    assert habits_of(*fine) == [Mark(0)] * len(fine)


def test_what_stands_for_a_text_is_no_text():
    assert marks_of("TODO", "[placeholder]", "[Insert answer here]", "Lorem ipsum", "So: Lorem ipsum dolor sit amet, consectetur.") == [
        Mark.STAND_IN
    ] * 5  # fmt: skip
    fine = [
        "My todo list is long.",
        "TODO lists help.",
        "Insert the coin here and wait.",
        "A placeholder holds a place.",
        "Lorem is a word.",
    ]
    assert marks_of(*fine) == [Mark(0)] * len(fine)


def test_blanks_to_fill_in_are_marked_and_links_and_notes_in_brackets_are_not():
    blank = [
        "Dear [Your Name],",
        "Yours, <insert name>",
        "Dear {{first_name}}, hello",
        "On [Date] we met.",
        "[Company Name] pays.",
    ]
    fine = [
        "See [your profile](https://example.org).",
        "He [sic] said [your words]: so.",
        "a[name] = 1 [1]",
        "{x: {y}}",
    ]

    assert habits_of(*blank) == [Mark.BLANK_TO_FILL] * 5
    assert habits_of(*fine)[:2] == [Mark(0)] * 2


@pytest.mark.parametrize("text", [
    "Sorry, I can't help you with this, please ask the author.",
    "I can't help you there.",
    "Ich kann dabei leider nicht helfen.",
    "Malheureusement, je ne peux pas vous aider.",
    "Lo siento, no puedo ayudarte.",
])  # fmt: skip
def test_declining_in_words_of_people_is_a_habit(text):
    assert habits_of(text) == [Mark.DECLINED]
    assert habits_of("I can help you with this.", "She said that I can't help you.") == [Mark(0)] * 2


def test_thoughts_before_an_answer_are_a_habit_and_their_end_alone_is_a_leak():
    assert all_marks_of("<think>\nParis?\n</think>\n\nParis.") == [Mark.THOUGHTS]
    assert all_marks_of("Paris?\n</think>\n\nParis.", "The tag <think> comes first.") == [Mark.LEAKED_FRAME, Mark(0)]


def test_marks_have_names_for_evidence():
    assert mark_names(BOILERPLATE) == ["refusal", "self_reference", "preamble"]
    assert mark_names(DEGENERATE) == [
        "empty",
        "loop",
        "copied_input",
        "truncated",
        "leaked_frame",
        "open_fence",
        "broken_encoding",
        "stand_in",
    ]


def test_no_texts_have_no_marks():
    assert marks_of() == []
