"""Whether synthetic answers to one prompt resemble each other more than human answers to it do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.text.hashing import hashed_counts, unit_rows
from gates.metrics.base.measurement import (
    Baseline,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.text_samples import tokens_of
from gates.metrics.comparison.strata import Sides, compare_all
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import HIGH, percentile_estimate, resampled
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    import scipy.sparse as sp

    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Rows, Scan

PROMPT_ID = "prompt_id"
# What is asked, of the types that have it: the same question about another input is another prompt.
_ASKED = ("system", "history", "input")
# Fewer prompts give an interval that is too narrow; the essays of Padmakumar and He answer ten.
PROMPTS_AT_LEAST = 10
# The mean over 2,000 prompts is known to .01, and their answers take about two seconds.
PROMPTS_AT_MOST = 2000
# Two answers make one pair; of more than twenty of an origin the pairs say the same again.
ANSWERS_AT_LEAST, ANSWERS_AT_MOST = 2, 20
# 200 deals fix their 95th percentile to a tenth of its size.
DEALS = 200
HASH_BITS = 18
EVIDENCE_PROMPTS = 5


@dataclass(frozen=True)
class _Prompt:
    """The answers to one prompt. alike: cosine of each pair of them, 0 for one with itself. made: which are synthetic.

    first: id of the first synthetic row.
    """

    alike: Floats
    made: Mask
    first: int

    def similarity(self, own: Floats) -> Floats:
        """Mean cosine of two different answers of those that are 1 in a row of `own`, one value a row."""
        count = own.sum(axis=1)
        total: Floats = ((own @ self.alike) * own).sum(axis=1) / (count * (count - 1))
        return total

    def difference(self, made: Mask) -> Floats:
        """How much more alike the answers of `made` are than the others; a row of it each."""
        own = made.astype(np.float64)
        return self.similarity(own) - self.similarity(1 - own)


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Mean similarity of two synthetic answers to one prompt less that of two human answers to it, in [-1, 1].

    Over prompts that both origins answered twice or more, each counting once. Similarity: cosine of the sets of words, each
    weighted by its rarity among the answers of both. The interval resamples prompts; where origins that are dealt out
    anew within each prompt differ as much, it is no proof.
    """
    if not scan.roles.texts:
        return NotConfigured("the dataset has no texts that answer something")
    columns = _columns_of_prompts(scan)
    if not columns:
        return NotConfigured("no rows say which prompt they answer", f'columns = {{ {PROMPT_ID} = "…" }}')
    return compare_all(scan, lambda sides: _compare(scan, sides, columns))


def _columns_of_prompts(scan: Scan) -> list[str]:
    """The columns whose values together are the prompt."""
    names = [scan.roles.prompt, *_ASKED] if scan.roles.prompt else [PROMPT_ID]
    return [name for name in names if name and name in scan.human.frame.columns]


def _compare(scan: Scan, sides: Sides, columns: list[str]) -> Measurement:
    prompts = _prompts(scan, sides, columns)
    if not prompts:
        return NotConfigured("no prompt has two different answers of each origin, which could be alike")
    made = np.concatenate([prompt.made for prompt in prompts])
    counts = RowCounts(int((~made).sum()), int(made.sum()))
    if len(prompts) < PROMPTS_AT_LEAST:
        reason = (
            f"{len(prompts)} prompts have two answers of each origin; from {PROMPTS_AT_LEAST} on they can be compared"
        )
        return Inconclusive(reason, counts, undecided=Severity.INFO)
    own = np.array(
        [
            [float(prompt.similarity(side[None].astype(np.float64))[0]) for side in (prompt.made, ~prompt.made)]
            for prompt in prompts
        ]
    )
    synthetic, human = own.mean(axis=0)
    gap = own[:, 0] - own[:, 1]
    drawn = resampled(np.ones(len(gap), np.int64), scan.seed, lambda times: times @ gap / times.sum(axis=1))
    estimate = percentile_estimate(float(gap.mean()), drawn)
    if estimate is None:
        return Failed(rows=counts)
    dealt = _dealt(prompts, np.random.default_rng(scan.seed))
    reached = float((dealt >= estimate.value).mean())
    chance = f"origins dealt out anew within each prompt differ as much in {percent(reached)} of deals"
    worst = sorted(range(len(prompts)), key=lambda at: (-gap[at], prompts[at].first))[:EVIDENCE_PROMPTS]
    return Measured(
        estimate,
        counts,
        baseline=Baseline(float(human), p95=float(human + np.percentile(dealt, HIGH))),
        note=f"two synthetic answers to a prompt are alike by {synthetic:.3f}, two human ones by {human:.3f}, over {len(prompts):,} prompts",
        unproven=chance if reached > 1 - HIGH / 100 else "",
        evidence={
            "prompts": len(prompts),
            "similarity": {"human": float(human), "synthetic": float(synthetic)},
            "deals_as_far_apart": reached,
            "first_rows": [scan.place(prompts[at].first) for at in worst][: scan.named_rows],
        },
    )


def _prompts(scan: Scan, sides: Sides, columns: list[str]) -> list[_Prompt]:
    """The prompts that both origins answered twice or more, those with the smallest hash."""
    human, synthetic = (_answers(rows, columns) for rows in (sides.human, sides.synthetic))
    shared = human.join(synthetic, on="prompt", suffix="_synthetic").sort("prompt").head(PROMPTS_AT_MOST)
    if shared.is_empty():
        return []
    sizes = np.column_stack([shared[name].list.len().to_numpy() for name in ("row", "row_synthetic")])
    ids = [shared[name].explode().to_numpy().astype(np.int64) for name in ("row", "row_synthetic")]
    words = _words(scan, np.concatenate(ids))
    ends = np.cumsum(sizes, axis=0)
    starts = ends - sizes
    prompts = []
    for start, end in zip(starts, ends, strict=True):
        at = np.concatenate([np.arange(start[0], end[0]), len(ids[0]) + np.arange(start[1], end[1])])
        alike = np.asarray((words[at] @ words[at].T).todense())
        np.fill_diagonal(alike, 0)
        is_made = np.arange(len(at)) >= end[0] - start[0]
        prompts.append(_Prompt(alike, is_made, int(ids[1][start[1]])))
    return prompts


def _answers(rows: Rows, columns: list[str]) -> pl.DataFrame:
    """`prompt`, the hash of what is asked, and `row`, the ids of its answers, where there are several."""
    cells = rows.frame.select(_what_is_asked(name, rows.frame.schema[name]) for name in columns)
    prompt = cells.select(pl.struct(columns).hash()).to_series()
    listed = pl.DataFrame({"prompt": prompt, "row": rows.row_id, "is_asked": cells[columns[0]].is_not_null()})
    grouped = listed.filter("is_asked").group_by("prompt", maintain_order=True).agg(pl.col("row").head(ANSWERS_AT_MOST))
    return grouped.filter(pl.col("row").list.len() >= ANSWERS_AT_LEAST)


def _what_is_asked(name: str, kind: pl.DataType) -> pl.Expr:
    """A column of the prompt, null where nothing is in it. Turns of a conversation are a list, and no text."""
    if isinstance(kind, pl.List):
        return pl.when(pl.col(name).list.len() > 0).then(pl.col(name))
    if kind.is_nested():
        return pl.col(name)
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _words(scan: Scan, row_id: Ints) -> sp.csr_matrix:
    """Which words each answer has, weighted by how rare they are among all of these, rows of length 1."""
    words = hashed_counts(tokens_of(scan, row_id), HASH_BITS)
    answers = words.shape[0]
    rarity = np.log((answers + 1) / (np.bincount(words.indices, minlength=words.shape[1]) + 1))
    words.data = rarity[words.indices]
    return unit_rows(words)


def _dealt(prompts: list[_Prompt], rng: np.random.Generator) -> Floats:
    """The difference where origins are dealt out anew within each prompt, one value a deal.

    Permutation within blocks: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005, ch. 3.
    """
    total = np.zeros(DEALS)
    for prompt in prompts:
        total += prompt.difference(rng.permuted(np.tile(prompt.made, (DEALS, 1)), axis=1))
    return total / len(prompts)


METRIC = Metric(
    expectation="expect_similarity_within_prompts_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic answers to one prompt resemble each other more than human answers do",
    unit=Unit.EXTRA_NUMBER,
    asks="Do several synthetic answers to one prompt differ as human answers to it do?",
    why=(
        "People who answer one question say different things; a model says its favourite answer in other words. Over many prompts such rows are "
        "as varied as human ones, so that no count of words or directions sees it: each prompt by itself has lost its second opinion."
    ),
    source="Padmakumar & He, Does Writing with Language Models Reduce Content Diversity?, ICLR 2024 (arXiv 2309.05196): corpus homogenisation",
    fix="Ask several models, at a higher temperature or with other personas and examples, and keep the human answers of the prompts named.",
    undecided=Severity.WARNING,
    reads="20 answers of each origin to each of 2,000 prompts of the sample",
)
