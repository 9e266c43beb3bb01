"""Guards: triggers by which the database itself refuses to rewrite what happened."""

from sqlalchemy import Connection, text

_FUNCTION = """
CREATE OR REPLACE FUNCTION council_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def append_only(connection: Connection, table: str) -> None:
    """From now on rows of `table` can be neither changed nor removed."""
    _refuse(connection, table, "update", "UPDATE")
    _refuse(connection, table, "delete", "DELETE")


def fixed_columns(connection: Connection, table: str, columns: tuple[str, ...]) -> None:
    """From now on these columns of `table` cannot be changed, and its rows not removed."""
    _refuse(connection, table, "update", f"UPDATE OF {', '.join(columns)}")
    _refuse(connection, table, "delete", "DELETE")


def _refuse(connection: Connection, table: str, name: str, act: str) -> None:
    for line in statements(connection.dialect.name, table, name, act):
        connection.execute(text(line))


def statements(dialect: str, table: str, name: str, act: str) -> list[str]:
    """The statements that put one guard in place, in the words of the database at hand."""
    trigger = f"CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table}"
    if dialect == "sqlite":
        return [f"{trigger} BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"]
    return [_FUNCTION, f"{trigger} FOR EACH ROW EXECUTE FUNCTION council_refuse()"]
