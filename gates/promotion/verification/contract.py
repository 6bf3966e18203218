"""Whether a promoted verdict's contract and answer are those that its commit gives.

The contract's digest covers versions of gates and of libraries. They are taken from the statement, so that an upgrade takes
nothing back: libraries are names and numbers there. Another gates brings other suites of its own along, and only what stands on
these cannot be computed here.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import fields
from typing import TYPE_CHECKING

from gates import __version__
from gates.config.sources.schema_files import LIBRARIES
from gates.errors import DataError, UsageError
from gates.promotion.statements.statement import StatedWaiver
from gates.promotion.verification.findings import Finding, FindingState
from gates.verdicts.enforce import (
    modules_of,
    planned_checks,
    refuse_missing_checks,
    refuse_other_answer,
    refuse_other_contract,
    refuse_other_sum,
    sources_now,
)
from gates.verdicts.recorded import parse_verdict

if TYPE_CHECKING:
    from gates.contract.contract import Contract
    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.verdict import Verdict

# What a verdict says of its contract that follows from gates' own suites too, which are others in another gates.
_OF_OWN_SUITES = {"sha256": "the digest", "suites_sha256": "the merged suites", "loosened": "what was loosened"}


def verify_contract(promoted: PromotedVersion) -> Finding | str | None:
    """What is wrong with contract and answer of a promoted version; a finding where not all of it can be compared.

    Raises VerdictError for an answer or a contract that cannot be; DataError where another gates read what this one cannot.
    """
    statement = promoted.statement
    with ExitStack() as stack:
        try:
            contract = stack.enter_context(promoted.contract())
        except UsageError as error:
            if statement.gates == __version__:
                raise
            # Another version may know other expectations: what it read then is no mistake now.
            raise DataError(
                f"takes gates {statement.gates}, and {__version__} cannot read its suites: {error}"
            ) from error
        return _compare(promoted, contract)


def _compare(promoted: PromotedVersion, contract: Contract) -> Finding | str | None:
    statement = promoted.statement
    is_same_gates = statement.gates == __version__
    recorded = parse_verdict(promoted.document, promoted.paths.verdict)
    # A waiver may have run out since, and what is installed may have another version.
    contract = contract.with_versions(statement.gates, statement.libraries).with_sources(
        sources_now(recorded, contract.dataset.root), modules_of(recorded)
    )
    refuse_other_sum(recorded, contract)
    if is_same_gates:
        unknown = sorted({*statement.libraries} ^ {*LIBRARIES})
        if unknown:
            verb = "names" if unknown[0] in statement.libraries else "does not name"
            return f"{verb} the library {unknown[0]}, and gates {statement.gates} judges with {', '.join(LIBRARIES)}"
        refuse_other_contract(recorded, contract)
    if is_same_gates or recorded.contract.get("suites_sha256") == contract.to_json()["suites_sha256"]:
        refuse_other_answer(recorded, contract)
    else:
        # Those that the dataset's own suites ask for, whatever gates brings along.
        own = {entry.check_id for entry in contract.own_entries()}
        refuse_missing_checks(recorded, [check.id for check in planned_checks(contract) if check.id in own])
    differing = _differing(promoted.verdict, contract)
    wrong = next((name for name in differing if is_same_gates or name not in _OF_OWN_SUITES), None)
    if wrong:
        return f"the verdict says otherwise of '{wrong}' than the contract does"
    if not differing:
        return None
    names = ", ".join(_OF_OWN_SUITES[name] for name in differing)
    words = f"takes gates {statement.gates}, here is {__version__}: {names} cannot be compared, all else is verified"
    return Finding(promoted.name, "contract", FindingState.NOT_LOOKED_AT, words)


def _differing(verdict: Verdict, contract: Contract) -> list[str]:
    """What a verdict says otherwise of its contract in words, beside its digest: statements and stages stand on it."""
    names = [field.name for field in fields(StatedWaiver)]
    waived = [dict(waiver) for waiver in verdict.waived]
    recorded = {**verdict.contract, "waived": waived, "loosened": list(verdict.loosened)}
    expected = json.loads(json.dumps(contract.to_json())) | {
        "waived": [{name: str(getattr(waiver, name)) for name in names} for waiver in contract.waivers],
        "loosened": list(contract.loosened),
    }
    return [name for name in sorted({*recorded, *expected}) if recorded.get(name) != expected.get(name)]
