"""A prompt and the response to it."""

from __future__ import annotations

from gates.config.roles import HISTORY, LINEAGE_ROLES, MESSAGES, WRITTEN
from gates.config.types.declaration import (
    OPTIONAL_TEXT,
    TAUGHT_TEXT,
    TEXT,
    ColumnNames,
    DataType,
    DeclaredRule,
    ValueKind,
)

_OPTIONAL = ("input", "system", MESSAGES, HISTORY, "annotator", "expertise", *WRITTEN, *LINEAGE_ROLES)

TYPE = DataType(
    name="instruction",
    summary="a prompt and the response to it",
    required_roles=("prompt", "response"),
    optional_roles=_OPTIONAL,
    named_roles=("prompt", "response", *_OPTIONAL),
    texts=("response", "prompt", "input"),
    key="id",
    content=("prompt", "response", "input", "system"),
    prompt="prompt",
    # Answers to one prompt are alike, whoever gives them.
    groups=("prompt",),
    derived=("prompt", "response", "system"),
    conversations=(MESSAGES, HISTORY),
    recognised_by={
        "prompt": ColumnNames(ValueKind.TEXT, ("prompt", "instruction")),
        "response": ColumnNames(ValueKind.TEXT, ("response", "output", "completion")),
        "input": ColumnNames(ValueKind.TEXT, ("input", "context")),
        "system": ColumnNames(ValueKind.TEXT, ("system", "system_prompt")),
        MESSAGES: ColumnNames(
            ValueKind.MESSAGES, (MESSAGES, "conversation", "conversations", "dialog", "dialogue", "chat")
        ),
        HISTORY: ColumnNames(ValueKind.MESSAGES, (HISTORY,)),
    },
    rules={
        "prompt": TEXT,
        # "Yes." is a whole answer: there is no lower bound on length.
        "response": (*TAUGHT_TEXT, DeclaredRule("differs-from", {"other": "prompt"})),
        "input": OPTIONAL_TEXT,
        "system": OPTIONAL_TEXT,
        MESSAGES: ("present", "roles-alternate"),
    },
    about="""\
A prompt and the response to it. `input` is what some sets keep apart from the prompt, the text that an instruction is
about. Short responses are legitimate: one person in six answers in fewer than five words.

Main text: `response`, which marks, near copies and separability look at; formatting is compared in `prompt` and `input`
too. A row is its prompt, input, system text and response together. Group: `prompt`.

Conversations, a list of `{role, content}` per row (a list of structs, or a text that is JSON), take the role `messages`
in place of `prompt` and `response`. The response is the assistant's last message. The prompt is all messages before
it, separated by a blank line, without the system's, which become `system`; in a conversation of one turn
the prompt is the user's message. User and assistant speak in turn and the assistant has the last word
(`messages/roles-alternate`); a `system` or `developer` message may come first, and `tool` messages between two of the
assistant. Where there is a column `response`, `messages` is a column like any other. Every turn of the assistant is
judged as a response of its own, by the row rules of `response` and for marks; findings name the message, counted from 1:
`chats.jsonl:161 turn 4`. `history` holds the turns before a prompt, as messages or as pairs of question and answer.

Content in parts is the text of its parts; pictures and sounds are not looked at. A call of a tool (`tool_calls`,
`function_call`) is what the assistant says. Lists of `{from, value}`, as ShareGPT has them, are read as well: `human` is
the user, `gpt` and `function_call` the assistant, `observation` a tool. Any other word stays as it is, and breaks
`messages/roles-alternate`. [Every format](formats.md) has a line to try.

In every type, a text role may have such lists as well, as `prompt`, `chosen` and `rejected` of many preference sets do.
`response`, `chosen` and `rejected` are then the assistant's last message, other texts all messages but the system's.
""",
    example="""\
```toml
[datasets.answers]
path    = "data/answers.jsonl"
type    = "instruction"
purpose = "finetune"
columns = { prompt = "instruction", response = "output" }

[datasets.chats]
path    = "data/chats.jsonl"
type    = "instruction"
columns = { messages = "conversation" }
```

```json
{"instruction": "Name the capital.", "input": "France", "output": "Paris", "origin": "human"}
{"instruction": "Why is the sky blue?", "input": "", "output": "Because air scatters blue light.", "origin": "synthetic"}
```
""",
)
