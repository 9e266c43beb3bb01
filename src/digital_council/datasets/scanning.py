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

    connection = duckdb.connect()
    if described.file.suffix == ".parquet":
        return connection.read_parquet(str(described.file))
    everything = connection.read_csv(str(described.file), all_varchar=True, header=True, delimiter=",", quotechar='"')
    return everything.select(", ".join(_typed(column, described) for column in described.columns))


def _typed(column: Column, described: Description) -> str:
    name = '"' + column.name.replace('"', '""') + '"'
    markers = ", ".join("'" + mark.replace("'", "''") + "'" for mark, _ in described.missing)
    value = f"CASE WHEN {name} IN ({markers}) THEN NULL ELSE {name} END" if markers else name
    return f"CAST({value} AS {TYPES.get(column.type, 'VARCHAR')}) AS {name}"
