"""Row rules on batches of rows: the pandera adapter, the only importer of pandera outside `gates.schemas`.

Schemas are validated eagerly (pandera checks only the schema of lazy frames, and bad data passes) on polars frames
made from Arrow batches, and every failing row is collected.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandera.polars as pandera
import polars as pl
import polars.selectors as cs
import pyarrow as pa
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from gates.config.row_rules import RowRule, rule_id
from gates.data.conversations.turns import RESPONSE, ROW, TURN, assistant_turns
from gates.data.facts import ORIGIN, ROW_ID, TURNS, WRITTEN_ORIGIN, Roles
from gates.data.values.plain_values import readable
from gates.data.values.readings import NO_READINGS, Readings
from gates.errors import PluginError, foreign_text
from gates.rows.compile import ColumnRules, Compiled, Schema, compiled
from gates.rows.conversion import convert
from gates.rows.failures import BatchFailures, RowFailures, joined
from gates.rows.quarantine import QuarantineMode, QuarantineWriter
from gates.rows.sound_columns import sound_columns
from gates.verdict import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt


__all__ = [
    "BatchFailures",
    "QuarantineMode",
    "QuarantineWriter",
    "RowFailures",
    "RowRule",
    "RowValidator",
    "rule_id",
    "rules",
]

# pandera's time per column grows with the width of the frame: 2,000 columns took 20 s at once, 8-11 s in groups of 50.
COLUMNS_PER_CALL = 50
_TOLD = f'{PluginError.__name__}("'


def rules(schema: Schema) -> tuple[RowRule, ...]:
    """The rules that a schema asks of every row, in the order of their ids, known before any data is read.

    Raises SuiteError for a schema that cannot be checked on single rows.
    """
    return compiled(schema).rules()


class RowValidator:
    """Asks a schema's rules of batches; holds no data, so one validator serves any number of threads or batches.

    view_names: what batches call a column of the files, where that is another name. The schema may name a column as
    the files do, or by its role where no column of the files has that name. roles: where they name conversations, the
    rules of the main text apply to every turn of the assistant. readings: what columns read as that are written
    as text: a rule that expects another type than text is asked of what they read as.
    Raises SuiteError for a schema that cannot be checked on single rows.
    """

    def __init__(
        self,
        schema: Schema,
        view_names: Mapping[str, str] | None = None,
        *,
        roles: Roles | None = None,
        readings: Readings = NO_READINGS,
    ) -> None:
        self._compiled = compiled(schema)
        self._roles = roles
        self._view_names = view_names or {}
        # Under the names that rules may have for the columns.
        names = {view: file for file, view in self._view_names.items()}
        self._readings = Readings({**readings.columns, **{names.get(n, n): one for n, one in readings.columns.items()}})
        self.rules = self._compiled.rules()
        self._unasked = [ROW_ID, ORIGIN, TURNS]
        if self._compiled.declared_columns and not any(
            self._view_names.get(one.name) == WRITTEN_ORIGIN for one in self._compiled.columns
        ):
            # Who made a row is what gates.toml says: a schema of all columns need not have that one.
            self._unasked.append(WRITTEN_ORIGIN)

    def validate(self, batch: pa.RecordBatch) -> BatchFailures:
        """Every failing row of the batch under every rule. The batch has ROW_ID and ORIGIN beside its content.

        A rule that cannot run is `broken` and says why; bad data never raises.
        """
        return self.validate_rows(*polars_rows(batch))

    def validate_rows(self, frame: pl.DataFrame, origin: npt.NDArray[np.str_]) -> BatchFailures:
        """As `validate`, for what `polars_rows` makes of a batch."""
        content, aliases = _with_file_names(frame.drop(self._unasked, strict=False), self._view_names)
        run = _FrameCheck(self._compiled, content, frame.height, aliases, self._readings)
        if frame.height:
            run.ask_columns()
            run.ask_rows()
        whole = BatchFailures(
            frame[ROW_ID].to_numpy(),
            origin,
            failing={rule: np.flatnonzero(mask) for rule, mask in run.failing.items() if mask.any()},
            reasons=run.reasons,
            broken=run.broken,
        )
        return joined([whole, self._of_turns(frame, whole)]) if self._roles and self._roles.turns else whole

    def _of_turns(self, frame: pl.DataFrame, whole: BatchFailures) -> BatchFailures:
        """The rows of which some turn of the assistant breaks a rule of the main text, with the first turn that does."""
        if self._roles is None:
            return whole
        turns, main = assistant_turns(frame, self._roles), self._roles.texts[0]
        of_text = [column for column in self._compiled.columns if column.name == main]
        if not of_text or turns.is_empty():
            return replace(whole, failing={}, reasons={}, broken={})
        content = frame.select(~cs.nested())[turns[ROW]]
        run = _FrameCheck(
            Compiled(tuple(of_text), (), None),
            content.with_columns(turns["prompt"], turns[RESPONSE].alias(main)),
            turns.height,
            {},
        )
        run.ask_columns()
        rows, numbers = turns[ROW].to_numpy(), turns[TURN].to_numpy()
        first = {rule: np.unique(rows[mask], return_index=True) for rule, mask in run.failing.items() if mask.any()}
        return replace(
            whole,
            failing={rule: row for rule, (row, _) in first.items()},
            reasons=run.reasons,
            broken=run.broken,
            turns={
                rule: dict(zip(row.tolist(), numbers[run.failing[rule]][at].tolist(), strict=True))
                for rule, (row, at) in first.items()
            },
        )


class _FrameCheck:
    """One schema run on one frame."""

    def __init__(
        self,
        schema: Compiled,
        content: pl.DataFrame,
        height: int,
        aliases: Mapping[str, str],
        readings: Readings = NO_READINGS,
    ) -> None:
        self.schema = schema
        self.readings = readings
        # A column's name in the files by its role, where both name it.
        self.aliases = aliases
        self.content = content
        self._names = frozenset(content.columns)
        # A frame without columns has forgotten how many rows it had.
        self.height = height
        self.failing: dict[str, npt.NDArray[np.bool_]] = {}
        self.reasons: dict[str, str] = {}
        self.broken: dict[str, str] = {}
        # Values that are not of their column's type are checked for nothing else.
        self._untyped: dict[str, npt.NDArray[np.bool_]] = {}

    def ask_columns(self) -> None:
        """Presence, type, missing values and checks of every column."""
        narrow: list[tuple[str, ColumnRules]] = []
        wide: list[tuple[str, ColumnRules]] = []
        for column in self.schema.columns:
            present = self._present(column)
            for name in present:
                self._convert(name, column)
                (narrow if column.is_narrow else wide).append((name, column))
        if self.content.width <= COLUMNS_PER_CALL:
            self._ask_group(narrow + wide, self.content)
            return
        for start in range(0, len(narrow), COLUMNS_PER_CALL):
            group = narrow[start : start + COLUMNS_PER_CALL]
            self._ask_group(group, self.content.select(list(dict.fromkeys(name for name, _ in group))))
        self._ask_group(wide, self.content)

    def ask_rows(self) -> None:
        """Checks across the columns of a row, and whether there are columns that the schema does not name."""
        for check in self.schema.row_checks:
            for error in _errors(pandera.DataFrameSchema(checks=check.check), self.content):
                self._note(check.rule, error)
        strict = self.schema.declared_columns
        if strict:
            named = {name for column in self.schema.columns for name in self._matching(column)}
            named |= {self.aliases[name] for name in named & self.aliases.keys()}
            surplus = sorted(set(self.content.columns) - named - self.aliases.keys())
            if surplus:
                self._fail(strict, self._everywhere(), "not in the schema: " + ", ".join(surplus))

    def _matching(self, column: ColumnRules) -> list[str]:
        if column.column.regex:
            return self.content.lazy().select(pl.col(column.column.selector)).collect_schema().names()
        return [column.name] if column.name in self._names else []

    def _present(self, column: ColumnRules) -> list[str]:
        names = self._matching(column)
        if not names and column.present:
            self._fail(column.present, self._everywhere(), f"no column '{column.name}'")
            for rule in column.rules():
                if rule is not column.present:
                    self.broken[rule.id] = f"no column '{column.name}' to look at"
        return names

    def _convert(self, name: str, column: ColumnRules) -> None:
        """Turn the column into its expected type; values that do not convert fail `type` and become null."""
        values, expected = self.content[name], column.column.dtype
        if column.type is None or expected is None or expected.check(values.dtype, None):
            return
        wanted = expected.type() if isinstance(expected.type, type) else expected.type
        if isinstance(wanted, pl.DataType):
            conversion = convert(values, wanted, self.readings.of(name))
            # A check across columns may name it either way.
            twin = [alias for alias, own in self.aliases.items() if own == name]
            self.content = self.content.with_columns(conversion.values.alias(one) for one in (name, *twin))
            self._untyped[name] = conversion.failed
            if conversion.failed.any():
                self._fail(column.type, conversion.failed, f"expected {expected}, got {values.dtype}")

    def _ask_group(self, group: Sequence[tuple[str, ColumnRules]], frame: pl.DataFrame) -> None:
        """Run pandera; the columns of a group that two patterns share are checked in turn."""
        while group:
            by_name = dict(reversed(group))
            group = [(name, column) for name, column in group if by_name[name] is not column]
            for name in sound_columns(by_name, frame):
                del by_name[name]
            if not by_name:
                continue
            schema = pandera.DataFrameSchema({name: _bound(name, column) for name, column in by_name.items()})
            errors = _errors(schema, frame)
            if all(error.column_name in by_name for error in errors):
                for error in errors:
                    self._note_column(error.column_name, by_name[error.column_name], error)
            else:
                for name, column in by_name.items():
                    self._ask_singly(name, column, frame)

    def _ask_singly(self, name: str, column: ColumnRules, frame: pl.DataFrame) -> None:
        """Each question in a call of its own, where pandera stumbled over one among many.

        It cannot list some mixtures of failures, such as a check's false beside another check's values.
        """
        bare = _bound(name, column)
        checks, bare.checks = bare.checks, []
        for error in _errors(pandera.DataFrameSchema({name: bare}), frame):
            self._note_column(name, column, error)
        for index, check in enumerate(checks):
            alone = pandera.Column(checks=check, nullable=True)
            for error in _errors(pandera.DataFrameSchema({name: alone}), frame):
                error.check_index = index
                self._note_column(name, column, error)

    def _note_column(self, name: str, column: ColumnRules, error: SchemaError) -> None:
        if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS and column.not_null:
            self._note(column.not_null, error, name)
        elif error.reason_code is SchemaErrorReason.WRONG_DATATYPE and column.type:
            self._fail(column.type, self._everywhere(), str(error))
        elif error.check_index is not None:
            check = column.checks[error.check_index]
            # pandera takes NaN for null; its own checks, which skip null, skip NaN as well where nulls may be.
            skip_nan = check.is_builtin and check.check.ignore_na and column.column.nullable
            self._note(check.rule, error, name, skip_nan=skip_nan)
        else:
            for rule in column.rules():
                self.broken[rule.id] = _first_line(error)

    def _note(self, rule: RowRule, error: SchemaError, name: str = "", *, skip_nan: bool = False) -> None:
        """Take over one pandera error: failing rows, or a rule that could not run."""
        output = error.check_output
        if error.reason_code is SchemaErrorReason.CHECK_ERROR or not isinstance(output, pl.DataFrame):
            self.broken[rule.id] = _first_line(error)
        elif not isinstance(error.failure_cases, pl.DataFrame) or output.height != self.height:
            self.broken[rule.id] = (
                "the check gives one answer for many rows; return one per row, or put an expectation into the suite"
            )
        else:
            failing = ~output.to_series().fill_null(value=False).to_numpy()
            if name in self._untyped:
                failing &= ~self._untyped[name]
            if skip_nan and self.content[name].dtype.is_float():
                failing &= ~self.content[name].is_nan().fill_null(value=False).to_numpy()
            self._fail(rule, failing, f"expected {rule.description}")

    def _fail(self, rule: RowRule, failing: npt.NDArray[np.bool_], reason: str) -> None:
        """Count failing rows; a row that fails in several columns of one pattern fails once."""
        self.failing[rule.id] = self.failing[rule.id] | failing if rule.id in self.failing else failing
        if failing.any():
            self.reasons.setdefault(rule.id, reason)

    def _everywhere(self) -> npt.NDArray[np.bool_]:
        return np.ones(self.height, dtype=bool)


def _bound(name: str, column: ColumnRules) -> pandera.Column:
    """The column's rules under the name of one column of the data."""
    bound = copy.copy(column.column)
    bound.name, bound.regex, bound.required = name, False, True
    bound.checks = [check.check for check in column.checks]
    return bound


def _errors(schema: pandera.DataFrameSchema, frame: pl.DataFrame) -> Iterable[SchemaError]:
    """What pandera finds. Its environment variables can switch validation off, so they do not count here."""
    try:
        with config_context(
            validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA, use_narwhals_backend=False
        ):
            schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return errors.schema_errors
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 (whatever a schema raises, its rules are broken, and say so)
        message = foreign_text(error)
        return [SchemaError(schema, frame, message, reason_code=SchemaErrorReason.CHECK_ERROR)]  # type: ignore[no-untyped-call]
    return []


def _first_line(error: SchemaError) -> str:
    cause = error.failure_cases if isinstance(error.failure_cases, str) else str(error)
    # pandera writes what a check raised as `Type("text")`; the text of this one begins with file and line.
    if cause.startswith(_TOLD):
        cause = cause.removeprefix(_TOLD).removesuffix('")')
    return "the check could not run: " + cause.strip().splitlines()[0]


def _with_file_names(frame: pl.DataFrame, view_names: Mapping[str, str]) -> tuple[pl.DataFrame, dict[str, str]]:
    """The frame under the files' names, roles beside them; and the file's name by role."""
    views = dict.fromkeys(frame.columns)
    renamed = frame.rename({view: file for file, view in view_names.items() if view in views})
    apart = views.keys() - {*renamed.columns, WRITTEN_ORIGIN}
    aliases = {view: file for file, view in view_names.items() if view in apart}
    return renamed.with_columns(pl.col(file).alias(role) for role, file in aliases.items()), aliases


def polars_rows(batch: pa.RecordBatch) -> tuple[pl.DataFrame, npt.NDArray[np.str_]]:
    """The batch as a polars frame, and the origin of each row; text that is not UTF-8 arrives as bytes, since polars trusts its input blindly."""
    columns = [readable(column) for column in batch.columns]
    arrow = pl.from_arrow(pa.RecordBatch.from_arrays(columns, names=batch.schema.names))
    frame = arrow if isinstance(arrow, pl.DataFrame) else arrow.to_frame()
    origin = frame[ORIGIN].cast(pl.String).fill_null(UNDECLARED)
    words = origin.unique().sort()
    return frame, words.to_numpy().astype(np.str_)[origin.cast(pl.Enum(words)).to_physical().to_numpy()]
