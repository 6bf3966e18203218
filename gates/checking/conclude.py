"""What every way of judging a dataset ends in: a plan before its rows are looked at, a verdict after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.checking.column_names import own_name, with_own_names
from gates.checking.verdict_inputs import waiver_rows
from gates.contract.plan import Plan, plan
from gates.verdict import CheckResult, PlannedCheck, Verdict, conclude

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gates.checking.resolve import ResolvedDataset
    from gates.data.duckdb.dataset import LocalDataset
    from gates.rows.validators import Validators


@dataclass(frozen=True)
class JudgedData:
    """What was judged, as a verdict has it. rows: by origin. data: what `data_of` says of the files.

    read_as, not_compared: what a verdict says of columns, by their names in the views.
    """

    rows: Mapping[str, int]
    data: Mapping[str, object]
    read_as: Mapping[str, object] = field(default_factory=dict)
    not_compared: Mapping[str, object] = field(default_factory=dict)


def column_types(opened: LocalDataset) -> dict[str, str]:
    """Arrow type by column of the views, as files have it."""
    return {field.name: str(field.type) for field in opened.raw_schema()}


def planned(
    resolved: ResolvedDataset, validators: Validators, columns: Mapping[str, str], *, is_lenient: bool = False
) -> Plan:
    """Every check of the dataset. columns: as in `ResolvedDataset.validators`. is_lenient: as in `plan`.

    Raises what `plan` raises.
    """
    return plan(
        resolved.contract,
        validators.rules().values(),
        drafted=validators.drafted(),
        view_names=resolved.view_names(columns),
        is_lenient=is_lenient,
    )


def verdict_of_results(
    resolved: ResolvedDataset,
    checks: Sequence[PlannedCheck],
    results: Iterable[CheckResult],
    judged: JudgedData,
    *,
    is_partial: bool,
) -> Verdict:
    """The verdict that results add up to, held to the checks that were planned; columns have their names in the files."""
    contract = resolved.contract
    answer, concluded = conclude(
        checks,
        with_own_names(results, resolved.config, resolved.data_type),
        waived=frozenset(waiver.check for waiver in contract.waivers),
        inconclusive_blocks=resolved.config.inconclusive == "block",
    )
    return Verdict(
        dataset=resolved.config.name,
        answer=answer,
        checks=concluded,
        rows=dict(judged.rows),
        data=dict(judged.data),
        contract=contract.to_json(),
        loosened=contract.loosened,
        waived=waiver_rows(contract.waivers),
        is_partial=is_partial,
        columns={
            name: {own_name(column, resolved.config, resolved.data_type): one for column, one in columns.items()}
            for name, columns in (("read_as", judged.read_as), ("not_compared", judged.not_compared))
            if columns
        },
    )
