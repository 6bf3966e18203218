"""How the crowd's labels lie beside the experts' on the items that both labelled, and what they spare of experts' work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.annotation.ratings import ITEMS_AT_LEAST, POSITION, ratings, ratings_to_add
from gates.metrics.base.full_columns import accumulate_annotations, annotation_columns, not_configured, role_column
from gates.metrics.base.measurement import Estimate, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import basic_estimate, percentile_estimate, resampled
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Floats, Mask
    from gates.data.scan.result import Scan

# Labels that experts give most; of free text each is another one.
LABELS_AT_MOST = 20
_EXPERTISE, _DOMAIN = "expertise", "domain"
_CROWD, _EXPERTS = "crowd", "experts"
# A label that experts give, or do not give, to fewer items than this has neither a share nor an agreement to speak of.
OF_EACH_AT_LEAST = 10
MAJORITY = 0.5


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How far crowd and experts differ on the label on which they differ most.

    "bias": by how much the shares differ that they give it, in [0, 1]; "kappa": how far they agree on it beyond chance, at most 1,
    of labels that most experts give to some items and withhold from others.
    Less what sampling of items alone adds. Parts are the slices and domains, each of its own items; they warn.
    """
    if role_column(scan, _EXPERTISE) is None:
        return not_configured(scan, "nobody says which annotators are experts", _EXPERTISE)
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    human = rated.by_humans()
    experts, crowd = human.filter("is_expert"), human.filter(~pl.col("is_expert"))
    if not experts.height or not crowd.height:
        missing = _EXPERTS if not experts.height else _CROWD
        return NotConfigured(f"no label of the {missing}: expertise is 'expert' of some annotators, and not of all")
    items = experts.select("item").unique().join(crowd.select("item").unique(), on="item").sort("item")["item"]
    counted = experts.group_by("label").agg(pl.col("item").n_unique()).sort("item", "label", descending=[True, False])
    names = tuple(sorted(counted["label"].head(LABELS_AT_MOST)))
    shared = SharedItems(names, _shares(crowd, items, names), _shares(experts, items, names))
    rows, name = RowCounts(human.height), str(params["measure"])
    whole = _measured(shared, pl.Series([True] * len(items), dtype=pl.Boolean), name, scan.seed, rows)
    if isinstance(whole, Inconclusive):
        return whole
    parts = {
        level: Part(_measured(shared, is_in, name, scan.seed, RowCounts(int(is_in.sum()))), "stratum", warns_only=True)
        for level, is_in in _slices(scan, human, items)
    }
    slices = {
        level: dict(part.measurement.evidence)
        for level, part in parts.items()
        if isinstance(part.measurement, Measured)
    }
    return Measured(
        whole.estimate, rows, undecided=Severity.INFO, note=whole.note, parts=parts,
        evidence={**whole.evidence, **({"slices": slices} if slices else {})},
    )  # fmt: skip


def _measured(shared: SharedItems, is_in: pl.Series, name: str, seed: int, rows: RowCounts) -> Measured | Inconclusive:
    # Agreement is that of majorities: where experts are never of one mind on a label there is none to speak of.
    own = shared.of(is_in.to_numpy(), MAJORITY if name == "kappa" else 0.0)
    if len(own) < ITEMS_AT_LEAST or not own.names:
        who = "most experts" if name == "kappa" else "experts"
        reason = (
            f"{len(own):,} items were labelled by crowd and experts; from {ITEMS_AT_LEAST} on, with a label that {who} "
            f"give to {OF_EACH_AT_LEAST} and withhold from {OF_EACH_AT_LEAST}, they can be compared"
        )
        return Inconclusive(reason, rows, undecided=Severity.INFO)
    once, times = np.ones((1, len(own))), np.ones(len(own), dtype=np.int64)
    biases, kappas, worths = (of(once)[0] for of in (own.biases, own.kappas, own.worths))
    worst = int(np.argmax(np.abs(biases)) if name == "bias" else np.argmin(kappas))
    draws = resampled(times, seed, _extreme(own, name))
    value = float(_extreme(own, name)(once)[0])
    estimate = basic_estimate(value, draws[np.isfinite(draws)], low=0.0 if name == "bias" else -1.0, high=1.0)
    worth = percentile_estimate(float(worths[worst]), resampled(times, seed, lambda drawn: own.worths(drawn)[:, worst]))
    of_crowd, of_experts = own.crowd.mean(axis=0), own.experts.mean(axis=0)
    note = (
        f"'{own.names[worst]}' is {percent(of_crowd[worst])} of the crowd's labels and {percent(of_experts[worst])} of the experts' on "
        f"{len(own):,} items{_kappa_words(kappas[worst])}{_worth_words(worth)}"
    )
    evidence = {
        "items": len(own),
        "labels": {
            label: {
                _CROWD: of_crowd[at],
                _EXPERTS: of_experts[at],
                "kappa": kappas[at],
                "expert_label_worth": worths[at],
            }
            for at, label in enumerate(own.names)
        },
    }
    return Measured(estimate, rows, undecided=Severity.INFO, note=note, evidence=evidence)


def _extreme(own: SharedItems, name: str) -> Callable[[Floats], Floats]:
    """The measure of the label on which crowd and experts differ most, one a draw."""
    if name == "bias":
        return lambda times: np.abs(own.biases(times)).max(axis=1)
    return lambda times: own.kappas(times).min(axis=1)


def _kappa_words(kappa: float) -> str:
    return f", kappa {kappa:.2f}" if np.isfinite(kappa) else ""


def _worth_words(worth: Estimate | None) -> str:
    if worth is None:
        return ""
    return f"; where the crowd labelled all, an expert's label is worth {worth.value:.2f} ({worth.low:.2f} to {worth.high:.2f})"


def _shares(group: pl.DataFrame, items: pl.Series, names: tuple[str, ...]) -> Floats:
    """Items x labels: the share of a group's labels of an item."""
    of_items = group.filter(pl.col("item").is_in(items.implode()))
    own = of_items.group_by("item", "label").len().with_columns(share=pl.col("len") / pl.col("len").sum().over("item"))
    own = own.filter(pl.col("label").is_in(names))
    shares = np.zeros((len(items), len(names)))
    labels = pl.Series(names, dtype=pl.String).search_sorted(own["label"]).to_numpy()
    shares[items.search_sorted(own["item"]).to_numpy(), labels] = own["share"].to_numpy()
    return shares


def _slices(scan: Scan, human: pl.DataFrame, items: pl.Series) -> list[tuple[str, pl.Series]]:
    """By `column=value`, which items have the value, of the slices and the domain."""
    columns = dict.fromkeys([*scan.roles.slices, *([_DOMAIN] if role_column(scan, _DOMAIN) else [])])
    if not columns:
        return []
    first = human.unique("item", keep="first", maintain_order=True).select("item", POSITION)
    of_row = scan.cached(annotation_columns).select(pl.col(list(columns)).cast(pl.String)).with_row_index(POSITION)
    of_item = pl.DataFrame({"item": items}).join(
        first.join(of_row, on=POSITION), on="item", how="left", maintain_order="left"
    )
    return [
        (f"{column}={value}", (of_item[column] == value).fill_null(value=False))
        for column in columns
        for value in of_item[column].drop_nulls().unique().sort()
        if int((of_item[column] == value).sum()) >= ITEMS_AT_LEAST
    ]


@dataclass(frozen=True)
class SharedItems:
    """Items that crowd and experts labelled. crowd, experts: items x labels, the share of each group that gave a label."""

    names: tuple[str, ...]
    crowd: Floats
    experts: Floats

    def __len__(self) -> int:
        return len(self.crowd)

    def of(self, is_in: Mask, more_than: float = 0.0) -> SharedItems:
        """Some of the items, with the labels that experts both give and withhold often enough there.

        is_in: by item. more_than: an item has a label from experts where more than this share of them give it.
        """
        crowd, experts = self.crowd[is_in], self.experts[is_in]
        given = (experts > more_than).sum(axis=0)
        keep = (given >= OF_EACH_AT_LEAST) & (len(experts) - given >= OF_EACH_AT_LEAST)
        names = tuple(name for name, is_kept in zip(self.names, keep, strict=True) if is_kept)
        return SharedItems(names, crowd[:, keep], experts[:, keep])

    def biases(self, times: Floats) -> Floats:
        """Draws x labels: the crowd's share of a label less the experts'. times: draws x items."""
        bias: Floats = times @ (self.crowd - self.experts) / times.sum(axis=1, keepdims=True)
        return bias

    def kappas(self, times: Floats) -> Floats:
        """Draws x labels: Cohen's kappa of whether more than half of the crowd, and of the experts, give a label.

        NaN where neither gives it to any item, or both to all. times: draws x items.
        """
        total = times.sum(axis=1, keepdims=True)
        one, other = (self.crowd > MAJORITY).astype(float), (self.experts > MAJORITY).astype(float)
        equal, of_one, of_other = (times @ shares / total for shares in (one == other, one, other))
        by_chance = of_one * of_other + (1 - of_one) * (1 - of_other)
        with np.errstate(invalid="ignore", divide="ignore"):
            kappa: Floats = (equal - by_chance) / (1 - by_chance)
        return kappa

    def worths(self, times: Floats) -> Floats:
        """Draws x labels: how many experts' labels one is worth where the crowd has labelled everything, 1 / (1 - rho^2).

        Infinite where the crowd follows experts on every item. times: draws x items.
        Angelopoulos, Duchi & Zrnic, PPI++, 2023, arXiv 2311.01453, for many more items than experts label.
        """
        weights = times / times.sum(axis=1, keepdims=True)
        crowd, experts = weights @ self.crowd, weights @ self.experts
        joint = weights @ (self.crowd * self.experts) - crowd * experts
        spreads = (weights @ self.crowd**2 - crowd**2) * (weights @ self.experts**2 - experts**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            # A crowd that contradicts experts is not followed; one that never does leaves experts nothing to correct.
            worth: Floats = 1 / (1 - np.minimum(np.maximum(joint, 0) ** 2 / spreads, 1))
        return worth


METRIC = Metric(
    expectation="expect_crowd_to_label_as_experts",
    measure=measure,
    side=Side.BETWEEN,
    finding="The crowd labels otherwise than experts do",
    asks="Does the crowd label as experts do, and how many experts' labels does it spare?",
    why=(
        "A crowd is cheap and may be wrong the same way a thousand times: then no number of its labels helps. On items that experts labelled "
        "too it is seen how far it leans, on which slice, and what its labels are worth once experts correct them."
    ),
    source=(
        "Cohen 1960; Angelopoulos, Duchi & Zrnic, PPI++, arXiv 2311.01453, for what a label is worth; intervals by resampling items"
    ),
    fix=(
        "Have experts label a random part of the items and correct the crowd's shares by it (prediction-powered inference); write the guideline "
        "with the experts' reasons; leave the slice on which the crowd leans to experts."
    ),
    params=(("measure", "bias"),),
    detail=("measure",),
    languages_together="items that experts labelled too are few; declare language as a slice to see them apart",
    reads="item, annotator, label, expertise, slices and domain of every row",
    accumulate=accumulate_annotations,
)
