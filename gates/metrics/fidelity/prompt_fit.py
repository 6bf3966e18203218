"""Whether responses answer their own prompts: a join that slipped by a row leaves every column as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.text.hashing import hashed_counts, unit_rows
from gates.data.text.tokens import TokenStream, document_hashes
from gates.metrics.base.languages import TRANSLATION
from gates.metrics.base.measurement import Failed, Inconclusive, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.text_samples import tokens_of
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS, draws, excess
from gates.metrics.comparison.strata import Sides, compare_all
from gates.metrics.limits.wording import percent
from gates.verdict import Severity

if TYPE_CHECKING:
    import scipy.sparse as sp

    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.facts import Roles
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

# A share of 3,000 rows is known to .015, and their products take about a second.
RESPONSES_AT_MOST = 3000
PARTNERS = 20
HASH_BITS = 18
# Between languages only names and digits are words in common, so that length speaks too: a translation twice as long as
# its source lets expect loses as much as one that lacks .17 of the cosine.
LENGTH_WEIGHT = 0.25
# A word that one prompt in ten of one origin has, and half as many of the other, is one in which that origin puts its prompts
# ("Write a short entry on ..."), and no sign of which of them is answered: a prompt of many such words won or lost by chance
# where a shorter one tied, which cost sound prompts of another form .08 to .1.
WORDING_FROM = 0.1
# Shuffled responses fit in half of the comparisons. Where human ones fit in less than this, they tell nothing.
FIT_AT_LEAST = 0.6


@dataclass(frozen=True)
class _Fit:
    """Rows with a prompt and a response, and per row how many comparisons its own prompt won and how many were not tied."""

    rows: Rows
    won: Floats
    decided: Floats

    def share(self, rows: Ints) -> float:
        """P(own prompt nearer than another's) over the comparisons of these rows that are not tied; NaN without any."""
        decided = float(self.decided[rows].sum())
        return float(self.won[rows].sum()) / decided if decided else float("nan")

    def everything(self) -> float:
        """`share` of all rows."""
        return self.share(np.arange(len(self.won)))

    def telling(self) -> int:
        """Number of rows of which some comparison is not tied."""
        return int((self.decided > 0).sum())


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How much less often synthetic responses fit their own prompts than human ones do, in [-1, 1].

    A response fits where it is nearer to its own prompt than to another one of its origin and slice: cosine of words
    weighted by rarity; between languages also length. Ties say nothing: a right "Yes." shares no word with any prompt.
    """
    if scan.roles.prompt is None:
        return NotConfigured(f"data of type {scan.roles.type} has no prompts that something answers")
    human_fit = _fit(scan, scan.human)

    def compare(sides: Sides) -> Measurement:
        wording = _wording(scan, sides)
        is_whole = sides.human is scan.human and not wording.any()
        human = human_fit if is_whole else _fit(scan, sides.human, wording)
        return _compare(scan, human, _fit(scan, sides.synthetic, wording))

    return compare_all(scan, compare)


def _compare(scan: Scan, human: _Fit, synthetic: _Fit) -> Measured | Inconclusive | Failed:
    counts = RowCounts(len(human.rows), len(synthetic.rows))
    telling = {"human": human.telling(), "synthetic": synthetic.telling()}
    if min(telling.values()) < ROWS_TO_PASS:
        reason = (
            f"{ROWS_TO_PASS} responses of each origin must share words with prompts to tell which they answer; "
            f"{telling['human']:,} human and {telling['synthetic']:,} synthetic ones do"
        )
        # Where human answers are such as "Yes" or a number, more rows would not tell either, and nothing was seen.
        is_of_their_kind = telling["human"] < ROWS_TO_PASS <= len(human.rows)
        return Inconclusive(reason, counts, undecided=Severity.INFO if is_of_their_kind else None)
    fits = human.everything(), synthetic.everything()
    made = draws(human.rows, synthetic.rows, scan.seed)
    mine = np.array([human.share(draw.human_a) for draw in made])
    cross = mine - np.array([synthetic.share(draw.synthetic) for draw in made])
    null = mine - np.array([human.share(draw.human_b) for draw in made])
    measured = replace(
        excess(cross, null, counts),
        note=f"of the comparisons that words decide, synthetic responses win {percent(fits[1])} for their own prompts, human ones {percent(fits[0])}",
        evidence={"fit": {"human": fits[0], "synthetic": fits[1]}, "telling_rows": telling},
    )
    if isinstance(measured, Measured) and fits[0] < FIT_AT_LEAST:
        reason = "human responses fit their own prompts hardly better than others: words say nothing here, or the human rows are misaligned themselves"
        return Inconclusive.in_spite_of(replace(measured, undecided=Severity.WARNING), reason)
    return measured


def _wording(scan: Scan, sides: Sides) -> Mask:
    """Of every hashed word, whether it belongs to the way in which one origin puts its prompts and the other does not."""
    shares = []
    for rows in (sides.human, sides.synthetic):
        prompts = hashed_counts(tokens_of(scan, rows.row_id[:RESPONSES_AT_MOST], _prompts), HASH_BITS)
        shares.append(np.bincount(prompts.indices, minlength=prompts.shape[1]) / max(1, prompts.shape[0]))
    more, less = np.maximum(*shares), np.minimum(*shares)
    wording: Mask = (more > WORDING_FROM) & (2 * less < more)
    return wording


def _fit(scan: Scan, rows: Rows, wording: Mask | None = None) -> _Fit:
    """The first rows of a sample, which is in random order, with their comparisons, which words of the wording do not decide."""
    kept = np.arange(len(rows)) < RESPONSES_AT_MOST
    prompts, responses = tokens_of(scan, rows.row_id, _prompts), tokens_of(scan, rows.row_id)
    kept &= (prompts.lengths() > 0) & (responses.lengths() > 0)
    prompts, responses, rows = prompts.where(kept), responses.where(kept), rows.where(kept)
    affinity = _Affinity(prompts, responses, wording, by_length=set(TRANSLATION).issubset(scan.roles.bound))
    own = affinity.of(np.arange(len(rows)))
    content = document_hashes(prompts)
    strata = _strata(scan.roles, rows.frame)
    rng = np.random.default_rng(scan.seed)
    won, decided = np.zeros(len(rows)), np.zeros(len(rows))
    for _ in range(PARTNERS):
        partner = _partners(strata, rng)
        other = affinity.of(partner)
        differs = (content != content[partner]) & (own != other)
        won += differs & (own > other)
        decided += differs
    return _Fit(rows, won, decided)


class _Affinity:
    """How near responses are to prompts."""

    def __init__(self, prompts: TokenStream, responses: TokenStream, wording: Mask | None, *, by_length: bool) -> None:
        prompt_words, response_words = hashed_counts(prompts, HASH_BITS), hashed_counts(responses, HASH_BITS)
        texts = prompt_words.shape[0] + response_words.shape[0]
        columns = np.concatenate([prompt_words.indices, response_words.indices])
        rarity = np.log((texts + 1) / (np.bincount(columns, minlength=prompt_words.shape[1]) + 1))
        if wording is not None:
            rarity[wording] = 0
        self._prompts, self._responses = (unit_rows(_weighted(one, rarity)) for one in (prompt_words, response_words))
        self._prompt_length, self._response_length = (np.log(stream.lengths()) for stream in (prompts, responses))
        self._usual = float(np.median(self._response_length - self._prompt_length)) if texts else 0.0
        self._length_weight = LENGTH_WEIGHT if by_length else 0.0

    def of(self, prompt: Ints) -> Floats:
        """The affinity of each response to the prompt at a position, rounded so that equal ones are equal."""
        cosine = np.asarray(self._prompts[prompt].multiply(self._responses).sum(axis=1)).ravel()
        ratio = self._response_length - self._prompt_length[prompt]
        return np.round(cosine - self._length_weight * np.abs(ratio - self._usual), 9)


def _weighted(counts: sp.csr_matrix, rarity: Floats) -> sp.csr_matrix:
    counts.data = counts.data * rarity[counts.indices]
    return counts


def _prompts(roles: Roles, frame: pl.DataFrame) -> pl.Series:
    """What is asked: the prompt and the input that belongs to it."""
    prompt = _strings(frame[str(roles.prompt)])
    return prompt + "\n" + _strings(frame["input"]) if "input" in roles.bound else prompt


def _strings(values: pl.Series) -> pl.Series:
    return values.cast(pl.String).fill_null("")


def _strata(roles: Roles, frame: pl.DataFrame) -> Ints:
    """A number per row for its slices and its languages."""
    names = [*roles.slices, *(name for name in TRANSLATION if name in roles.bound)]
    if not names:
        return np.zeros(frame.height, np.int64)
    return frame.select(pl.struct(names).rank("dense")).to_series().to_numpy().astype(np.int64)


def _partners(strata: Ints, rng: np.random.Generator) -> Ints:
    """Another position of the same stratum for each, by turning each stratum in random order by one; alone it is its own."""
    order = np.lexsort((rng.random(len(strata)), strata))
    if not len(order):
        return order
    starts = np.flatnonzero(np.diff(strata[order], prepend=-1))
    following = np.arange(1, len(order) + 1)
    following[np.append(starts[1:], len(order)) - 1] = starts
    partner = np.empty(len(order), np.int64)
    partner[order] = order[following]
    return partner


METRIC = Metric(
    expectation="expect_responses_to_fit_prompts",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic responses answer their own prompts less often than human ones",
    unit=Unit.EXTRA_NUMBER,
    asks="Do synthetic responses answer their own prompts?",
    why=(
        "A join that slipped by one row leaves every column as it was, so no check of columns sees it, and a model trained on it learns to "
        "answer beside the question. Words shared with one's own prompt and not with others give it away."
    ),
    source="Permutation test of association: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005",
    fix="Join responses and prompts by an id rather than by position, and look at a few rows of each generator that fails.",
    reads="3,000 rows of the sample of each origin and generator",
)
