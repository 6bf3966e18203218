"""Recognises a data type by what its columns are called and hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.data_types import MESSAGES, data_type

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TEXT = r"VARCHAR"
_NUMBER = r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)"
_TIME = rf"(DATE|TIMESTAMP.*|VARCHAR|{_NUMBER})"
_PLAIN = rf"(VARCHAR|BOOLEAN|ENUM.*|UUID|DATE|TIMESTAMP.*|{_NUMBER})"
_MESSAGES = r"STRUCT\(((?=.*\brole\b)(?=.*\bcontent\b)|(?=.*\bfrom\b)(?=.*\bvalue\b)).*\)\[\]"

# What public sets call the roles, and the SQL types that suit; the type that asks for more comes first. Words that
# several types use (`text`, `question`, `answer`) stand for none.
_NAMES: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "preference": {
        "prompt": (_TEXT, ("prompt", "instruction", "question")),
        "chosen": (_TEXT, ("chosen", "preferred")),
        "rejected": (_TEXT, ("rejected", "dispreferred")),
    },
    "translation": {
        "source": (_TEXT, ("source", "src", "source_text")),
        "target": (_TEXT, ("target", "tgt", "target_text", "translation")),
        "source_language": (_TEXT, ("source_language", "source_lang", "src_lang")),
        "target_language": (_TEXT, ("target_language", "target_lang", "tgt_lang")),
    },
    "annotations": {
        "item": (_PLAIN, ("item", "item_id", "task_id", "example_id", "unit_id")),
        "annotator": (_PLAIN, ("annotator", "annotator_id", "rater", "rater_id", "coder", "worker_id", "judge")),
        "label": (_PLAIN, ("label", "vote", "rating", "annotation", "judgement", "judgment")),
    },
    "instruction": {
        "prompt": (_TEXT, ("prompt", "instruction")),
        "response": (_TEXT, ("response", "output", "completion")),
        "input": (_TEXT, ("input",)),
        "system": (_TEXT, ("system", "system_prompt")),
        MESSAGES: (_MESSAGES, (MESSAGES, "conversation", "conversations")),
    },
    "timeseries": {
        "entity": (_PLAIN, ("entity", "series", "series_id", "sensor", "sensor_id", "device", "device_id", "station")),
        "timestamp": (_TIME, ("timestamp", "time", "datetime", "date", "ts")),
        "value": (_NUMBER, ("value", "reading", "measurement")),
    },
    "events": {
        "timestamp": (_TIME, ("timestamp", "time", "datetime", "date", "ts")),
        "event": (_PLAIN, ("event", "event_type", "event_name", "action", "activity")),
        "session": (_PLAIN, ("session", "session_id", "case_id")),
        "entity": (_PLAIN, ("entity", "user", "user_id", "device_id")),
    },
}
# A type's own roles may stand beside them; with more columns than these that have no role, it is a table that happens
# to have such names.
MOST_OTHER_COLUMNS = 5


@dataclass(frozen=True)
class Recognition:
    """A type whose required roles all have a column. others: further types of which that holds."""

    type: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """What `columns` of gates.toml has to say: roles whose column is called something else."""
        return {role: column for role, column in self.columns.items() if role != column}

    @property
    def guess(self) -> str:
        """Why it has this type."""
        required = data_type(self.type).required_roles
        roles = [role for role in required if role in self.columns] or [MESSAGES]
        named = ", ".join(f"'{self.columns[role]}'" for role in roles)
        also = f", and would suit {' or '.join(self.others)} as well" if self.others else ""
        return f"{'columns' if len(roles) > 1 else 'column'} {named} read{'' if len(roles) > 1 else 's'} as {self.type}{also}"


def recognise(types: Mapping[str, str]) -> Recognition | None:
    """The data type of columns, given with their SQL types, by their names; None where no type's roles are all there."""
    matches = [(kind, columns) for kind in _NAMES if (columns := _columns(kind, types)) is not None]
    if not matches:
        return None
    kind, columns = matches[0]
    return Recognition(kind, columns, tuple(other for other, _ in matches[1:]))


def _columns(kind: str, types: Mapping[str, str]) -> dict[str, str] | None:
    """Column by role; None where a required role has none, or too many columns have no role."""
    described = data_type(kind)
    by_role = {
        role: column
        for role, (pattern, names) in _NAMES[kind].items()
        if (column := _first(names, pattern, types)) is not None
    }
    derived = described.derived if MESSAGES in by_role and "response" not in by_role else ()
    if any(role not in by_role and role not in derived for role in described.required_roles):
        return None
    others = [name for name in types if name not in by_role.values() and name not in described.named_roles]
    return by_role if len(others) <= MOST_OTHER_COLUMNS else None


def _first(names: Collection[str], pattern: str, types: Mapping[str, str]) -> str | None:
    by_name = {column.casefold(): column for column in types}
    suiting = (by_name[name] for name in names if name in by_name)
    return next((column for column in suiting if re.fullmatch(pattern, types[column])), None)
