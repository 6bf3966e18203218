"""DuckDB's column types under their SQL names, as Great Expectations' type expectations look them up.

The names are those `DESCRIBE` prints and their documented aliases (https://duckdb.org/docs/sql/data_types/overview).
SQLAlchemy's generic names (`Integer`, `String`, `Numeric`, …) match every type of their kind.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BIGINT,
    BLOB,
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    FLOAT,
    INTEGER,
    JSON,
    SMALLINT,
    TIME,
    TIMESTAMP,
    UUID,
    VARCHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Time,
)
from sqlalchemy.types import TypeEngine


class TINYINT(SmallInteger):
    """1 byte, signed."""


class UTINYINT(SmallInteger):
    """1 byte, unsigned."""


class USMALLINT(Integer):
    """2 bytes, unsigned."""


class UINTEGER(BigInteger):
    """4 bytes, unsigned."""


class UBIGINT(BigInteger):
    """8 bytes, unsigned."""


class HUGEINT(BigInteger):
    """16 bytes, signed."""


class UHUGEINT(BigInteger):
    """16 bytes, unsigned."""


class TIMESTAMPTZ(TIMESTAMP):
    """An instant."""


class INTERVAL(TypeEngine[Any]):
    """A duration."""


class BIT(TypeEngine[Any]):
    """A bit string."""


class ENUM(String):
    """One of a fixed set of words."""


class LIST(TypeEngine[Any]):
    """A list or an array; the type of its elements is not compared."""


class STRUCT(TypeEngine[Any]):
    """Named fields; their types are not compared."""


class MAP(TypeEngine[Any]):
    """Keys and values; their types are not compared."""


class UNION(TypeEngine[Any]):
    """One of several types; they are not compared."""


class UNKNOWN(TypeEngine[Any]):
    """A type that this list does not name."""


TEXT = STRING = CHAR = VARCHAR
INT = INT4 = INTEGER
INT8 = LONG = BIGINT
INT2 = SHORT = SMALLINT
INT1 = TINYINT
FLOAT8 = DOUBLE
REAL = FLOAT4 = FLOAT
NUMERIC = DECIMAL
BOOL = LOGICAL = BOOLEAN
BYTEA = BINARY = VARBINARY = BLOB
DATETIME = TIMESTAMP

_SPELLED_OTHERWISE = {
    "TIMESTAMP WITH TIME ZONE": TIMESTAMPTZ,
    "TIMESTAMP_S": TIMESTAMP,
    "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP,
    "TIME WITH TIME ZONE": TIME,
}


def column_type(described: str) -> TypeEngine[Any]:
    """The type object for a column type as `DESCRIBE` prints it, such as `DECIMAL(18,3)` or `VARCHAR[]`."""
    if described.endswith("]"):
        return LIST()
    name = described.partition("(")[0].strip()
    named = _SPELLED_OTHERWISE.get(name) or globals().get(name)
    if isinstance(named, type) and issubclass(named, TypeEngine):
        return named()
    return UNKNOWN()


__all__ = [
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOL", "BOOLEAN", "BYTEA", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE",
    "ENUM", "FLOAT", "FLOAT4", "FLOAT8", "HUGEINT", "INT", "INT1", "INT2", "INT4", "INT8", "INTEGER", "INTERVAL",
    "JSON", "LIST", "LOGICAL", "LONG", "MAP", "NUMERIC", "REAL", "SHORT", "SMALLINT", "STRING", "STRUCT", "TEXT",
    "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TINYINT", "UBIGINT", "UHUGEINT", "UINTEGER", "UNION", "UNKNOWN", "USMALLINT",
    "UTINYINT", "UUID", "VARBINARY", "VARCHAR", "BigInteger", "Boolean", "Date", "DateTime", "Float", "Integer",
    "LargeBinary", "Numeric", "SmallInteger", "String", "Time", "column_type",
]  # fmt: skip
