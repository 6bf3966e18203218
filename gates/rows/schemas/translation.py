"""Row rules of the data type `translation`: a text and its translation."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import differs_from, has_value, language_tag, length_ratio
from gates.rows.schemas.texts import text_column

# Names, numbers and codes are the same in both languages; a sentence of this many characters is not.
COPIED_CHARACTERS = 30
# The ratio beyond which Moses' clean-corpus-n.perl drops a pair by default; in characters it holds for Chinese and
# English too, which lie at about 1 to 3.
LONGEST_RATIO = 9
# "OK" may well become a sentence.
RATIO_CHARACTERS = 40

Translation = pa.DataFrameSchema(
    {
        "source": text_column(),
        "target": text_column(
            differs_from("source", min_length=COPIED_CHARACTERS),
            length_ratio("source", LONGEST_RATIO, RATIO_CHARACTERS),
        ),
        "source_language": pa.Column(str, checks=[has_value(), language_tag()], nullable=True),
        "target_language": pa.Column(
            str, checks=[has_value(), language_tag(), differs_from("source_language")], nullable=True
        ),
    },
    name="translation",
)
