"""Forms of dates that only synthetic rows have: half of the readers take 04/05/2023 for April, half for May."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.base.wording import percent
from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.data.scan.result import Scan

_NAME = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
# An example of each form, and what begins a value of that form; what follows is a time.
FORMS: Mapping[str, str] = {
    "2023-05-04": r"^\d{4}-\d{1,2}-\d{1,2}\b",
    "2023/05/04": r"^\d{4}/\d{1,2}/\d{1,2}\b",
    "2023.05.04": r"^\d{4}\.\d{1,2}\.\d{1,2}\b",
    "04/05/2023": r"^\d{1,2}/\d{1,2}/(\d{4}|\d\d)\b",
    "04.05.2023": r"^\d{1,2}\.\d{1,2}\.(\d{4}|\d\d)\b",
    "04-05-2023": r"^\d{1,2}-\d{1,2}-(\d{4}|\d\d)\b",
    "May 04, 2023": rf"^{_NAME} \d{{1,2}},? \d{{4}}\b",
    "04 May 2023": rf"^\d{{1,2}}[ -]{_NAME}[ -]\d{{2,4}}\b",
}
# A column is one of dates where nearly all its human values are.
DATES_AT_LEAST = 0.95
# Beyond a slip of one row in a hundred.
SHARE_AT_LEAST = 0.01


@dataclass(frozen=True)
class NewForm:
    """A form of dates that no human row has in a column of dates."""

    column: str
    message: str


def new_forms(scan: Scan) -> Iterator[NewForm]:
    """Forms in a hundredth of the synthetic values of a column of dates, with the exact bound, and in no human one."""
    for name in scan.roles.content:
        if scan.human.frame.schema[name] != pl.String or scan.synthetic.frame.schema[name] != pl.String:
            continue
        human, synthetic = (_counts(rows.frame[name]) for rows in (scan.human, scan.synthetic))
        total, made = human.pop("", 0) + sum(human.values()), sum(synthetic.values())
        if not human or sum(human.values()) < DATES_AT_LEAST * total:
            continue
        usual = max(human, key=lambda form: human[form])
        for form, count in synthetic.items():
            if form and form not in human and clopper_pearson(count, made).low > SHARE_AT_LEAST:
                share = percent(count / made)
                yield NewForm(
                    name,
                    f"column '{name}' writes dates as {form} in {share} of synthetic rows; human rows write {usual}",
                )


def _counts(values: pl.Series) -> dict[str, int]:
    """How many values have each form, "" for none."""
    words = pl.col("words").str.strip_chars()
    forms = (pl.when(words.str.contains(begins)).then(pl.lit(shown)) for shown, begins in FORMS.items())
    counted = values.drop_nulls().to_frame("words").select(form=pl.coalesce(*forms, pl.lit("")))["form"].value_counts()
    return dict(sorted(counted.iter_rows()))
