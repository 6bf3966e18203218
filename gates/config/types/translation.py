"""A text and its translation."""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import TEXT, ColumnNames, DataType, DeclaredRule, ValueKind

_OPTIONAL = ("translator", "domain", "id", "label", *LINEAGE_ROLES)

TYPE = DataType(
    name="translation",
    summary="a text and its translation",
    required_roles=("source", "target", "source_language", "target_language"),
    optional_roles=_OPTIONAL,
    named_roles=("source", "target", "source_language", "target_language", *_OPTIONAL),
    texts=("target", "source"),
    key="id",
    content=("source", "target", "source_language", "target_language"),
    prompt="source",
    # Translations of one sentence are alike.
    groups=("source",),
    recognised_by={
        "source": ColumnNames(ValueKind.TEXT, ("source", "src", "source_text")),
        "target": ColumnNames(ValueKind.TEXT, ("target", "tgt", "target_text", "translation")),
        "source_language": ColumnNames(ValueKind.TEXT, ("source_language", "source_lang", "src_lang")),
        "target_language": ColumnNames(ValueKind.TEXT, ("target_language", "target_lang", "tgt_lang")),
    },
    rules={
        "source": TEXT,
        "target": (
            *TEXT,
            # Names, numbers and codes are the same in both languages; a sentence of this many characters is not.
            DeclaredRule("differs-from", {"other": "source", "min_length": 30}),
            # The ratio beyond which Moses' clean-corpus-n.perl drops a pair by default; in characters it holds for
            # Chinese and English too, which lie at about 1 to 3. "OK" may well become a sentence.
            DeclaredRule("length-ratio", {"other": "source", "most": 9, "min_length": 40}),
            DeclaredRule("keeps-numbers", {"other": "source"}),
            DeclaredRule("keeps-placeholders", {"other": "source"}),
        ),
        "source_language": ("text", "has-value", "bcp-47"),
        "target_language": ("text", "has-value", "bcp-47", DeclaredRule("differs-from", {"other": "source_language"})),
    },
    about="""\
A text and its translation, with the languages of both as BCP 47 tags: `en`, `pt-BR`, `zh-Hans`. A human row is a
person's translation.

Main text: `target`; formatting is compared in `source` too. Texts under 30 characters may be the same in both languages
(names, numbers), and lengths are compared from 40 characters on. Numbers of two digits, placeholders such as `%(name)s`
and tags of the source stand in its translation. Group: `source`.
""",
    example="""\
```toml
[datasets.manuals]
path    = "data/manuals.jsonl"
type    = "translation"
columns = { source_language = "from", target_language = "to" }
```

```json
{"source": "Close the lid.", "target": "Schließen Sie den Deckel.", "from": "en", "to": "de", "origin": "human"}
{"source": "Open the lid.", "target": "Abra la tapa.", "from": "en", "to": "es-MX", "origin": "synthetic"}
```
""",
)
