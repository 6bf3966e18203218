"""What reads alike is the same text for duplicates, copies and contamination."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from __future__ import annotations

import unicodedata

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from gates.data.batch import content_digest
from gates.data.facts import Roles
from gates.data.text.comparable import comparable
from gates.data.text.tokens import document_hashes, tokenise

ROLES = Roles("text", content=("text",), texts=("text",))
NOTHING = pl.DataFrame()
PLAIN = "Café Zürich, naïve rôle"
SAME = {
    "decomposed": unicodedata.normalize("NFD", PLAIN),
    "without accents": "Cafe Zurich, naive role",
    "capitals": PLAIN.upper(),
    "full width": "Ｃａｆé Zürich, naïve rôle",
    "soft hyphen": "Ca\u00adfé Zürich, naïve rôle",
    "zero-width joiner": "Café Zür\u200dich, naïve rôle",
    "variation selector": "Café Zürich\ufe0e, naïve rôle",
    "Cyrillic letters": "Саfé Zürich, nаïvе rôlе",
    "mathematical letters": "𝐂𝐚𝐟é Zürich, naïve rôle",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_texts_that_read_alike_are_equal_as_rows_and_as_tokens(text):
    tokens = document_hashes(tokenise(pa.array([PLAIN, text])))
    digests = content_digest(pl.DataFrame({"text": [PLAIN, text]}), ROLES, unread=NOTHING)

    assert tokens[0] == tokens[1]
    assert digests[0] == digests[1]


def test_texts_that_read_otherwise_differ():
    others = [
        "Café Zürich", "Café Zürich, naïve rule", "Кафе Цюрих", "カフェ", "か", "が", "कल", "कुल", "น้า", "นา", None, "",
    ]  # fmt: skip

    assert (
        len(np.unique(content_digest(pl.DataFrame({"text": [PLAIN, *others]}), ROLES, unread=NOTHING)))
        == len(others) + 1
    )
    assert comparable(pl.Series(["Ab", "straße ﬁn", None, "C", "É"])).to_list() == ["ab", "strasse fin", None, "c", "e"]


@pytest.mark.parametrize("text", ["が", "कुल", "한국어", "น้ำ", "Việt Nam", "שָׁלוֹם", "العَرَبِيَّة"])
def test_canonically_equal_texts_are_equal_in_any_script(text):
    forms = pl.Series([unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")])

    assert comparable(forms).n_unique() == 1


def test_columns_of_tables_are_equal_where_their_values_are():
    table = Roles("tabular", content=("name",))

    assert len(np.unique(content_digest(pl.DataFrame({"name": ["Ann", "ann"]}), table, unread=NOTHING))) == 2
