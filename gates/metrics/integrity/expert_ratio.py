"""Whether domains that were declared critical have the shares of human and expert rows that are demanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, SYNTHETIC_CODE
from gates.errors import did_you_mean
from gates.metrics.annotation.ratings import is_expert
from gates.metrics.base.full_columns import accumulate_annotations, annotation_columns, not_configured, role_column
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.limits.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.verdict import Scope

_DOMAIN, _EXPERTISE = "domain", "expertise"
_KIND, _ROWS = "kind", "rows"


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """The smallest ratio of a share that a critical domain has to the share demanded; 1 and more is what was demanded.

    Shares are of distinct rows of the domain, human and synthetic: human rows, and human rows whose expertise is
    "expert". They are counts over every row, so without interval. A demand of 0 demands nothing.
    """
    if not scan.declared.critical_domains and _DOMAIN not in scan.roles.mappable:
        return not_configured(scan, "no domain is declared critical", _DOMAIN)
    if not scan.declared.critical_domains:
        line = "critical_domains = { medical = { human = 0.5, expert = 0.2 } }"
        return NotConfigured("no domain is declared critical", line)
    roles = [
        _DOMAIN,
        *([_EXPERTISE] if any("expert" in demand for demand in scan.declared.critical_domains.values()) else []),
    ]
    for role in roles:
        if role_column(scan, role) is None:
            return Failed(str(not_configured(scan, f"critical_domains needs the role {role}", role)))
    rows = _distinct_rows(scan, roles)
    present = rows[_DOMAIN].drop_nulls().unique().sort().to_list()
    table = {}
    for domain, demanded in sorted(scan.declared.critical_domains.items()):
        if domain not in present:
            return Failed(f"no row has the critical domain '{domain}' ({did_you_mean(domain, present)})")
        table[domain] = _row(rows.filter(pl.col(_DOMAIN) == domain), demanded)
    ratios = {
        (domain, who): row[who] / demanded
        for domain, row in table.items()
        for who, demanded in scan.declared.critical_domains[domain].items()
        if demanded > 0
    }
    if not ratios:
        return NotConfigured("no critical domain demands a share above 0")
    domain, who = min(ratios, key=lambda key: (ratios[key], key))
    note = (
        f"{domain}: {percent(table[domain][who])} of {table[domain]['rows']:,.0f} rows are {_WORDS[who]}, "
        f"demanded {percent(scan.declared.critical_domains[domain][who])}"
    )
    human = _count(rows.filter("is_human"))
    evidence = {"domains": table, "rows_without_domain": _count(rows.filter(pl.col(_DOMAIN).is_null()))}
    estimate = Estimate.exact(ratios[domain, who])
    return Measured(estimate, RowCounts(human, _count(rows) - human), note=note, evidence=evidence)


_WORDS = {"human": "human", "expert": "by experts"}


def _distinct_rows(scan: Scan, roles: list[str]) -> pl.DataFrame:
    """By domain, origin and expertise, how many contents there are (`rows`): copies of a row count once."""
    frame, index = scan.cached(annotation_columns), scan.index
    is_human = pl.col(ORIGIN).cast(pl.String) == "human"
    expert = is_expert(pl.col(_EXPERTISE)) if _EXPERTISE in roles else pl.lit(value=False)
    each = frame.select(
        pl.col(_DOMAIN).cast(pl.String), is_human=is_human, is_expert=(expert & is_human).fill_null(value=False)
    )
    kinds = each.unique(maintain_order=True).with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias(_KIND))
    kind = each.join(kinds, on=each.columns, how="left", nulls_equal=True, maintain_order="left")[_KIND].to_numpy()
    counts = index.distinct_by(kind, index.of(HUMAN_CODE) | index.of(SYNTHETIC_CODE))
    return kinds.with_columns(pl.Series(_ROWS, counts)).filter(pl.col(_ROWS) > 0)


def _count(rows: pl.DataFrame) -> int:
    return int(rows[_ROWS].sum())


def _row(rows: pl.DataFrame, demanded: Mapping[str, float]) -> dict[str, float]:
    shares = {who: _count(rows.filter(f"is_{who}")) / _count(rows) for who in demanded}
    return {_ROWS: _count(rows), **shares}


METRIC = Metric(
    expectation="expect_expert_ratio_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Experts wrote or judged too few rows of a critical domain",
    asks="Where a mistake is costly, did experts write or judge the rows?",
    why=(
        "In medicine, law and the like fluent text and plausible labels are wrong in ways that only an expert sees. How much must come "
        "from people and from experts is decided per domain and written into gates.toml, not inferred."
    ),
    source="the dataset's own policy: critical_domains in gates.toml",
    fix="Have experts write or review rows of this domain, with expertise = expert; or take synthetic rows of it out.",
    languages_together="shares are demanded by domain, in gates.toml",
    exact="a share counted over every row",
    cached="hashes of content",
    reads="domain and expertise of every row",
    accumulate=accumulate_annotations,
)
