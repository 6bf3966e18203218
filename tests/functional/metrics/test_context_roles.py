"""Domain, expertise, language and the other context roles may be bound in data of every type."""

from __future__ import annotations

import polars as pl
import pytest

from gates.config.data_types import DATA_TYPES, data_type
from gates.config.roles import CONTEXT_ROLES
from gates.metrics.integrity.expert_ratio import METRIC
from gates.testing import judge, scanned
from gates.verdict import Outcome

ROWS = 40
CRITICAL = {"medical": {"human": 0.4, "expert": 0.2}}


def columns(name: str, origin: str) -> dict[str, list[str]]:
    """A column of distinct words for each required role, and times where the type has them."""
    roles = data_type(name).required_roles or ("age", "city")
    return {role: [f"{role} {origin} {number}" for number in range(ROWS)] for role in roles}


def rows(name: str, origin: str, *, experts: int = 0) -> pl.DataFrame:
    context = {
        "field": ["medical", "legal"] * (ROWS // 2),
        "level": ["expert"] * experts + ["crowd"] * (ROWS - experts) if origin == "human" else [None] * ROWS,
    }
    return pl.DataFrame({**columns(name, origin), **context}, schema_overrides={"level": pl.String})


@pytest.mark.parametrize("name", DATA_TYPES)
@pytest.mark.parametrize(("experts", "outcome"), [(ROWS, Outcome.PASS), (0, Outcome.FAIL)])
def test_experts_are_demanded_of_a_critical_domain_in_every_type(name: str, experts: int, outcome: Outcome) -> None:
    keys = {"critical_domains": CRITICAL, "columns": {"domain": "field", "expertise": "level"}}
    with scanned(rows(name, "human", experts=experts), rows(name, "synthetic"), type=name, **keys) as scan:
        result = judge(METRIC, scan, min_value=1)

    assert result.outcome is outcome, result.message


@pytest.mark.parametrize("name", DATA_TYPES)
def test_every_context_role_can_be_bound(name: str) -> None:
    kind = data_type(name)
    free = [role for role in CONTEXT_ROLES if role not in (*kind.required_roles, *kind.content)]
    frames = [
        pl.DataFrame(
            {**columns(name, origin), **{f"own_{role}": [f"{role} {n % 3}" for n in range(ROWS)] for role in free}}
        )
        for origin in ("human", "synthetic")
    ]
    with scanned(*frames, type=name, columns={role: f"own_{role}" for role in free}) as scan:
        assert {*free} <= {*scan.roles.bound}
        assert {*CONTEXT_ROLES} <= {*scan.roles.mappable}


@pytest.mark.parametrize("name", DATA_TYPES)
def test_the_command_asks_for_experts_in_every_type(name: str, tmp_path, gates) -> None:
    rows(name, "human").write_csv(tmp_path / "human.csv")
    rows(name, "synthetic").write_csv(tmp_path / "synthetic.csv")
    config = (
        f'[datasets.patients]\ntype = "{name}"\npartitions = {{ human = "human.csv", synthetic = "synthetic.csv" }}\n'
        "critical_domains = { medical = { human = 0.4, expert = 0.2 } }\n"
    )
    check = "combined/expect_expert_ratio_to_be_between"

    (tmp_path / "gates.toml").write_text(config)
    without = gates(tmp_path, "check", "--only", check)
    (tmp_path / "gates.toml").write_text(config + 'columns = { domain = "field", expertise = "level" }\n')
    bound = gates(tmp_path, "check", "--only", check)

    assert without.code == 3
    assert 'critical_domains needs the role domain; add: columns = { domain = "…" }' in without.out
    assert bound.code == 1
    assert "Experts wrote or judged too few rows of a critical domain: medical: 0.0 %" in bound.out


def test_who_judged_the_rows_of_a_table_is_no_content_of_them() -> None:
    with scanned(
        rows("tabular", "human", experts=3), rows("tabular", "synthetic"), columns={"expertise": "level"}
    ) as scan:
        assert "expertise" not in scan.roles.content


def test_a_table_may_call_its_columns_as_it_likes() -> None:
    human, synthetic = (rows("tabular", one).rename({"field": "domain"}) for one in ("human", "synthetic"))
    with scanned(human, synthetic) as scan:
        assert "domain" not in scan.roles.bound
