"""What the merged suites, the own code and the records of a dataset give up."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gates.checking.weakening.difference import CANNOT_TELL, RuleDifference
from gates.config.removals import new_part
from gates.contract.suites.merge import looser_by, reason_of
from gates.contract.suites.suite import ROW_FAILURES, SuiteEntry, unmentioned_rule
from gates.rows.validation import rules
from gates.verdict import Scope
from gates.visible_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.checking.resolve import ResolvedDataset
    from gates.contract.contract import Contract

_DRAFT = "DRAFT"


def suite_differences(old: ResolvedDataset, new: ResolvedDataset) -> Iterator[RuleDifference]:
    """Checks that are gone, and limits that are looser."""
    is_switched_off = old.config.extends and not new.config.extends
    for scope in Scope:
        before, now = ({entry.check_id: entry for entry in one.contract.fitting_entries(scope)} for one in (old, new))
        for check, entry in before.items():
            other = now.get(check) or _unmentioned(entry)
            if other is not None:
                yield from _looser(entry, other)
            elif not is_switched_off or entry.is_own:
                yield RuleDifference(str(check), f"{check} is not checked any more")
        for check, entry in now.items():
            # Before a suite mentioned it, no row might break it.
            if check not in before and entry.type == ROW_FAILURES and _had_rule(old, str(entry.kwargs.get("rule"))):
                yield from _looser(unmentioned_rule(scope, str(entry.kwargs.get("rule"))), entry)


def record_differences(old: Contract, new: Contract) -> Iterator[RuleDifference]:
    """Records of removals that are new, which say why themselves, and other shares of the population."""
    for removal in new.removals:
        if new_part(removal, old.removals):
            path = removal.place.rpartition(":")[0]
            text = f"human rows may be missing, as {path} says"
            yield RuleDifference(
                f"removals/{path.rpartition('/')[2]}", text, place=removal.place, reason=removal.reason
            )
    if old.population and (new.population is None or new.population.sha256 != old.population.sha256):
        what = "are gone" if new.population is None else f"are others: {CANNOT_TELL}"
        yield RuleDifference("population", f"the population's shares {what}", "population")


def code_differences(old: Contract, new: Contract) -> Iterator[RuleDifference]:
    """A schema that is gone, and code that is not what it was: comments and layout apart."""
    if old.schema and not new.schema:
        yield RuleDifference("schema", f"the schema {old.schema} is gone, and its row rules with it", "schema")
        return
    changed = [path for path in sorted(old.code) if not _is_same_code(path, old, new)]
    if old.schema:
        changed += [path for path in sorted(new.schema_sources) if path not in old.code]
        changed += [str(new.schema)] if new.schema != old.schema and not changed else []
    if changed:
        yield RuleDifference("code", f"own code is not what it was ({', '.join(changed)}): {CANNOT_TELL}", "schema")


def _unmentioned(entry: SuiteEntry) -> SuiteEntry | None:
    """What holds of a row rule that no suite mentions any more; None for other checks."""
    is_rule = entry.type == ROW_FAILURES
    return unmentioned_rule(entry.check_id.scope, str(entry.kwargs.get("rule"))) if is_rule else None


def _had_rule(old: ResolvedDataset, rule: str) -> bool:
    """Whether rows were asked a rule, by their data type or the dataset's own schema."""
    column, _, name = rule.rpartition("/")
    roles = {mapped: role for role, mapped in old.config.columns.items()}
    own = old.schemas.own
    is_own = own is not None and any(one.id == rule for one in rules(own.model))
    return is_own or old.data_type.has_rule(roles.get(column, column), name)


def _looser(old: SuiteEntry, new: SuiteEntry) -> Iterator[RuleDifference]:
    changes = looser_by(old, new)
    if changes:
        reason = reason_of(new) if new.is_own else None
        is_new = reason is not None and folded_words(reason) != folded_words(reason_of(old) or "")
        place = new.place if new.is_own else ""
        text = f"{new.check_id} is looser: {'; '.join(changes)}"
        yield RuleDifference(str(new.check_id), text, place=place, reason=reason if is_new else None)


def _is_same_code(path: str, old: Contract, new: Contract) -> bool:
    """Whether a file, or an installed package, is the same; a draft that was accepted warns no more, and is stricter."""
    if old.code[path] == new.code.get(path):
        return True
    before, now = _parsed(old.dataset.root / path), _parsed(new.dataset.root / path)
    if before is None or now is None:
        return False
    return ast.dump(before) == ast.dump(now) or ast.dump(_accepted(before)) == ast.dump(now)


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _accepted(module: ast.Module) -> ast.Module:
    return ast.Module([step for step in module.body if ast.unparse(step) != f"{_DRAFT} = True"], module.type_ignores)
