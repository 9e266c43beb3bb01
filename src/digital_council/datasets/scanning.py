"""DuckDB over a dataset's file: for tables too large to load whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digital_council.datasets.description import Column, Description

if TYPE_CHECKING:
    import duckdb

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "boolean": "BOOLEAN"}


def scan(described: Description) -> duckdb.DuckDBPyRelation:
    """The file as a relation, types as described; its fingerprint is not checked, so that large files open at once."""
    import duckdb

    return duckdb.connect().sql(statement(described))


def statement(described: Description) -> str:
    """The SELECT that reads the file with its types."""
    path = _text(str(described.file))
    if described.file.suffix == ".parquet":
        return f"SELECT * FROM read_parquet({path})"
    columns = ", ".join(_typed(column, described) for column in described.columns)
    return f"SELECT {columns} FROM read_csv({path}, all_varchar=true, header=true, delim=',', quote='\"')"


def _typed(column: Column, described: Description) -> str:
    name = '"' + column.name.replace('"', '""') + '"'
    markers = ", ".join(_text(mark) for mark, _ in described.missing)
    value = f"CASE WHEN {name} IN ({markers}) THEN NULL ELSE {name} END" if markers else name
    return f"CAST({value} AS {TYPES.get(column.type, 'VARCHAR')}) AS {name}"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
