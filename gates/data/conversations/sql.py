"""SQL macros that read a conversation, given as JSON or as a transcript, and what it says.

The response is the assistant's last message. The prompt is everything that was said before it, messages parted by a
blank line, without what the system says; in a conversation of one turn that is the user's message.

Content in parts is the text of its parts. Pictures and sounds are not looked at: each stands as its kind and a digest of
what the file has for it, so that two questions on two pictures differ. A call of a tool is what the assistant says, as JSON.

An argument of a macro is written out wherever the macro names it: what is long is bound to a name by a list of one first,
or binding a query takes longer than to run it.
"""

from __future__ import annotations

import re

from gates.data.conversations.shapes import SPEAKERS, TRANSCRIPT_WORDS
from gates.data.sql import literals

# Stands before the digest of what is not looked at, and in no text that a person wrote.
MEDIA = ("image", "audio", "video", "file")


def media_pattern(kind: str) -> str:
    """A regular expression of what stands for a part of this kind in a text."""
    return rf"\[{kind} [0-9a-f]{{8}}\]"


_SYSTEM = "('system', 'developer')"
_BLANK_LINE = "chr(10) || chr(10)"
# Control characters that part turns, and a turn's speaker from its words.
_TURN, _WORDS = "chr(30)", "chr(31)"
_ANY = """'["JSON"]'"""
_MESSAGE_SHAPE = (
    """'[{"role": "VARCHAR", "from": "VARCHAR", "content": "JSON", "value": "JSON", """
    """"tool_calls": "JSON", "function_call": "JSON"}]'"""
)
_SPEAKER = " ".join(f"WHEN lower(word) IN ({literals(words)}) THEN '{role}'" for role, words in SPEAKERS.items())
_PART_TYPES = (
    "text|input_text|output_text|refusal|thinking|reasoning|tool_use|tool_result|.*(?:" + "|".join(MEDIA) + ").*"
)

MACROS = (
    # Whoever speaks, in the words of chat templates.
    f"""gates_speaker(word) AS CASE {_SPEAKER}
        WHEN lower(word) IN ('user', 'assistant', 'system', 'developer', 'tool') THEN lower(word) ELSE word END""",
    # JSON that a converter wrote into a text is JSON again.
    """gates_unquoted(value) AS CASE WHEN json_type(value) = 'VARCHAR' AND json_valid(value ->> '$')
        THEN CAST(value ->> '$' AS JSON) ELSE value END""",
    f"""gates_medium(part) AS coalesce(
        nullif(regexp_extract(coalesce(part ->> 'type', ''), '{"|".join(MEDIA)}'), ''),
        CASE WHEN (part ->> 'type') IS NULL THEN list_filter({list(MEDIA)}, lambda one: (part -> one) IS NOT NULL)[1] END)""",
    """gates_part(part) AS CASE
        WHEN json_type(part) = 'VARCHAR' THEN (part ->> '$')
        WHEN (part ->> 'text') IS NOT NULL THEN (part ->> 'text')
        WHEN (part ->> 'type') IN ('text', 'input_text', 'output_text') THEN NULL
        WHEN (part ->> 'type') IN ('refusal', 'thinking', 'reasoning') THEN part ->> (part ->> 'type')
        WHEN gates_medium(part) IS NOT NULL
        THEN '[' || gates_medium(part) || ' ' || md5(CAST(part AS VARCHAR))[:8] || ']'
        WHEN json_type(part) = 'NULL' THEN NULL
        ELSE CAST(part AS VARCHAR) END""",
    f"gates_parts(parts) AS array_to_string([gates_part(part) FOR part IN from_json(parts, {_ANY})], chr(10))",
    f"""gates_is_parts(value) AS json_type(value) = 'ARRAY' AND list_bool_and(
        [json_type(part) = 'VARCHAR' OR regexp_full_match(coalesce(part ->> 'type', ''), '{_PART_TYPES}')
        FOR part IN from_json(value, {_ANY})])""",
    # words: what stands in the file; unquoted: the same, where a converter wrote it into a text.
    """gates_content(words, unquoted) AS CASE
        WHEN json_type(words) = 'ARRAY' THEN gates_parts(words)
        WHEN json_type(words) = 'OBJECT' THEN gates_part(words)
        WHEN json_type(unquoted) = 'ARRAY' AND gates_is_parts(unquoted) THEN gates_parts(unquoted)
        ELSE words ->> '$' END""",
    f"""gates_calls(calls, call) AS coalesce(
        nullif(array_to_string([CAST(coalesce(nullif((one -> 'function'), 'null'), one) AS VARCHAR)
            FOR one IN from_json(CASE WHEN json_type(calls) = 'ARRAY' THEN calls END, {_ANY}) IF json_type(one) <> 'NULL'],
            chr(10)), ''),
        CASE WHEN (call ->> 'name') IS NOT NULL THEN CAST(call AS VARCHAR) END)""",
    """gates_said(words, calls) AS CASE WHEN calls IS NULL THEN words
        WHEN coalesce(trim(words), '') = '' THEN calls ELSE words || chr(10) || calls END""",
    f"""gates_json_messages(value) AS [
        {{'role': x.role, 'content': gates_said(x.words, x.calls)}} FOR x IN [
        {{'role': x.role, 'words': gates_content(x.words, gates_unquoted(x.words)), 'calls': gates_calls(x.calls, x.call)}} FOR x IN [
        {{'role': gates_speaker(x.role), 'words': x.words, 'calls': gates_unquoted(x.calls), 'call': gates_unquoted(x.call)}} FOR x IN [
        {{'role': coalesce(x.role, x."from"), 'words': coalesce(x.content, x."value"), 'calls': x.tool_calls, 'call': x.function_call}}
        FOR x IN from_json(value, {_MESSAGE_SHAPE})]]]]""",
    """gates_pairs(value) AS flatten([
        [{'role': 'user', 'content': pair[1]}, {'role': 'assistant', 'content': pair[2]}]
        FOR pair IN from_json(value, '[["VARCHAR"]]')])""",
    f"""gates_transcript(value) AS [
        {{'role': gates_speaker(split_part(turn, {_WORDS}, 1)), 'content': trim(split_part(turn, {_WORDS}, 2), ' ' || chr(10))}}
        FOR turn IN string_split(regexp_replace(
            {_BLANK_LINE} || ltrim(value, chr(10)), '\\n\\n({"|".join(TRANSCRIPT_WORDS)}): ?',
            {_TURN} || '\\1' || {_WORDS}, 'g'), {_TURN})[2:]]""",
    # NULL for what is no conversation.
    """gates_messages(value) AS [CASE
        WHEN json_valid(text) THEN CASE
            WHEN json_type(text, '$[0]') = 'ARRAY' THEN gates_pairs(text)
            ELSE gates_json_messages(text) END
        WHEN regexp_matches(text, '(?s)(?:^|\\n\\n)(?:Human|User): ?.*\\n\\nAssistant:') THEN gates_transcript(text) END
        FOR text IN [value]][1]""",
    "gates_conversation(value) AS {'value': value, 'messages': gates_messages(value)}",
    "gates_answer(messages) AS [x.content FOR x IN messages IF x.role = 'assistant'][-1]",
    f"""gates_system(messages) AS nullif(array_to_string(
        [x.content FOR x IN messages IF x.role IN {_SYSTEM}], {_BLANK_LINE}), '')""",
    f"""gates_spoken(messages) AS nullif(array_to_string(
        [x.content FOR x IN messages IF coalesce(x.role, '') NOT IN {_SYSTEM}], {_BLANK_LINE}), '')""",
    """gates_before_answer(messages) AS [
        (all_messages)[:len(all_messages) - nullif(
            list_position(list_reverse([x.role FOR x IN all_messages]), 'assistant'), 0)]
        FOR all_messages IN [messages]][1]""",
    f"""gates_prompt(messages) AS array_to_string(
        [x.content FOR x IN gates_before_answer(messages) IF x.role NOT IN {_SYSTEM}], {_BLANK_LINE})""",
    # Answers to one prompt with a score each, the best first; a single one is no pair.
    """gates_ranked(value) AS [one.answer FOR one IN list_reverse_sort([
        {'score': coalesce(TRY_CAST(x.overall_score AS DOUBLE), TRY_CAST(x.score AS DOUBLE), TRY_CAST(x.rating AS DOUBLE)),
         'answer': coalesce(x.response, x.content, x.text, x.completion)}
        FOR x IN from_json(CASE WHEN json_valid(value) THEN value END, '[{"response": "VARCHAR", "content": "VARCHAR",
            "text": "VARCHAR", "completion": "VARCHAR", "overall_score": "VARCHAR", "score": "VARCHAR", "rating": "VARCHAR"}]')])]""",
)
_CALL = re.compile(r"\bgates_\w+\(")


def macros_of(query: str) -> tuple[str, ...]:
    """The macros to make before a query that calls one of them, each after those that it calls; none for another query."""
    return MACROS if _CALL.search(query) else ()
