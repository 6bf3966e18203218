"""Whether a promoted verdict's contract and answer are those that its commit gives.

The contract's digest covers versions of gates and of libraries. They are taken from the statement, so that an upgrade takes
nothing back: libraries are names and numbers there. Another gates brings other suites of its own along, and only what stands on
these cannot be computed here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates import __version__
from gates.config.schema_files import LIBRARIES
from gates.contract.contract import load_contract
from gates.contract.suites import read_suite
from gates.errors import DataError, UsageError
from gates.promotion.statements.statement import WAIVER
from gates.promotion.verification.findings import Finding, State
from gates.verdict import Scope
from gates.verdicts.enforce import (
    planned_checks,
    refuse_missing_checks,
    refuse_other_answer,
    refuse_other_contract,
    refuse_other_sum,
    sources_now,
)
from gates.verdicts.recorded import parse_verdict

if TYPE_CHECKING:
    from gates.config.dataset import DatasetConfig
    from gates.contract.contract import Contract
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.statements.statement import JudgedWith
    from gates.verdict import CheckId, Verdict
    from gates.verdicts.recorded import RecordedVerdict

_PART = "contract"
# What a verdict says of its contract that follows from gates' own suites too, which are others in another gates.
_OF_OWN_SUITES = {"sha256": "the digest", "suites_sha256": "the merged suites", "loosened": "what was loosened"}


def contract_finding(found: Promoted, dataset: DatasetConfig) -> Finding:
    """What contract and answer of a promoted version are. dataset: as its commit configures it, suites below its root.

    Raises VerdictError for an answer or a contract that cannot be; DataError where another gates read what this one cannot.
    """
    tag, judged = str(found.tag.name), found.statement.judged_with
    is_same_gates = judged.gates == __version__
    recorded = parse_verdict(found.document, found.where.verdict)
    contract = _contract_then(found, dataset, recorded)
    refuse_other_sum(recorded, contract)
    unknown = _unknown_libraries(judged) if is_same_gates else None
    if unknown:
        return Finding(tag, _PART, State.WRONG, unknown)
    if is_same_gates:
        refuse_other_contract(recorded, contract)
        refuse_other_answer(recorded, contract)
    elif recorded.contract.get("suites_sha256") == contract.to_json()["suites_sha256"]:
        refuse_other_answer(recorded, contract)
    else:
        refuse_missing_checks(recorded, _own_checks(contract))
    differing = _differing(found.verdict, contract)
    wrong = next((name for name in differing if is_same_gates or name not in _OF_OWN_SUITES), None)
    if wrong:
        return Finding(tag, _PART, State.WRONG, f"the verdict says otherwise of '{wrong}' than the contract does")
    if differing:
        words = ", ".join(_OF_OWN_SUITES[name] for name in differing)
        said = f"takes gates {judged.gates}, here is {__version__}: {words} cannot be compared, all else holds"
        return Finding(tag, _PART, State.NOT_LOOKED_AT, said)
    return Finding(tag, _PART, State.HOLDS)


def _contract_then(found: Promoted, dataset: DatasetConfig, recorded: RecordedVerdict) -> Contract:
    """The contract as it was: a waiver may have run out since, and what is installed may have another version."""
    judged = found.statement.judged_with
    try:
        contract = load_contract(dataset, found.statement.promoted_at.date())
    except UsageError as error:
        if judged.gates == __version__:
            raise
        # Another version may know other expectations: what it read then is no mistake now.
        raise DataError(f"takes gates {judged.gates}, and {__version__} cannot read its suites: {error}") from error
    return contract.with_versions(judged.gates, judged.libraries).with_sources(sources_now(recorded, dataset.root))


def _own_checks(contract: Contract) -> list[CheckId]:
    """The checks that the dataset's own suites ask for, whatever gates brings along."""
    folder = contract.dataset.root / "expectations" / contract.dataset.name
    paths = [path for path in (folder / f"{scope.value}.json" for scope in Scope) if path.is_file()]
    own = [entry for path in paths for entry in read_suite(path, contract.metrics, shown=path.name).expectations]
    asked = {entry.check_id for entry in own}
    return [check.id for check in planned_checks(contract) if check.id in asked]


def _unknown_libraries(judged: JudgedWith) -> str | None:
    """What no verdict of this gates says of libraries."""
    other = sorted({*judged.libraries} ^ {*LIBRARIES})
    if not other:
        return None
    verb = "names" if other[0] in judged.libraries else "does not name"
    return f"{verb} the library {other[0]}, and gates {judged.gates} judges with {', '.join(LIBRARIES)}"


def _differing(verdict: Verdict, contract: Contract) -> list[str]:
    """What a verdict says otherwise of its contract in words, beside its digest: statements and stages stand on it."""
    said, there = {**verdict.contract}, json.loads(json.dumps(contract.to_json()))
    said |= {"waived": [dict(waiver) for waiver in verdict.waived], "loosened": list(verdict.loosened)}
    there |= {
        "waived": [{name: str(getattr(waiver, name)) for name in WAIVER} for waiver in contract.waivers],
        "loosened": list(contract.loosened),
    }
    return [name for name in sorted({*said, *there}) if said.get(name) != there.get(name)]
