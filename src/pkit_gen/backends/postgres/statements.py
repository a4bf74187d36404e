"""The statements that are the same in every call, laid out for reading."""

from __future__ import annotations

from collections.abc import Sequence

from pkit_gen.backends.layout import COLUMNS
from pkit_gen.backends.postgres.columns import bound, column, select_list, sql_type
from pkit_gen.backends.postgres.identifiers import quoted
from pkit_gen.backends.postgres.scalars import CASE_COLLATION
from pkit_gen.ir.model import Entity, UniqueIndex


def clause(opening: str, items: Sequence[str], closing: str = "") -> str:
    """Return items after a word or between brackets: on one line where they fit, else filled into lines of their own."""
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) <= COLUMNS:
        return line
    lines, current = list[str](), "   "
    for number, item in enumerate(items):
        part = item + ("," if number + 1 < len(items) else "")
        if len(current) + 1 + len(part) > COLUMNS and current.strip():
            lines.append(current)
            current = "   "
        current += f" {part}"
    return "\n".join([opening.rstrip(), *lines, current, *([closing] if closing else [])])


def constant(name: str, statement: str) -> str:
    """Return the assignment of a statement to a constant."""
    spelled = "\n".join(line if line.isprintable() else _spelled(line) for line in _escaped(statement).split("\n"))
    return f'{name} = """\n{spelled}\n"""'


def _spelled(line: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _table(entity: Entity) -> str:
    return quoted(entity.collection)


def _select(entity: Entity) -> str:
    return f"{clause('SELECT ', select_list(entity))}\nFROM {_table(entity)} AS t"


def get(entity: Entity) -> str:
    """Return the statement that reads the row of an id."""
    return f"{_select(entity)}\nWHERE t.id = $1"


def get_many(entity: Entity) -> str:
    """Return the statement that reads the rows of several ids."""
    return f"{_select(entity)}\nWHERE t.id = ANY($1::{sql_type(entity.id.type)}[])"


def insert(entity: Entity) -> str:
    """Return the statement that stores a new row."""
    names = [column(field.name) for field in entity.fields]
    values = [bound(field, number) for number, field in enumerate(entity.fields, 1)]
    return f"{clause(f'INSERT INTO {_table(entity)} AS t (', names, ')')}\n{clause('VALUES (', values, ')')}"


def _others(entity: Entity) -> list[tuple[int, str]]:
    """Return the place and the column of every field but the id, or of the id where there is no other."""
    numbered = [(number, field.name) for number, field in enumerate(entity.fields, 1)]
    return [(number, name) for number, name in numbered if name != "id" or len(numbered) == 1]


def update(entity: Entity) -> str:
    """Return the statement that replaces a row; its values are those of a row, in order."""
    assigned = [f"{column(name)} = {bound(entity.field(name), number)}" for number, name in _others(entity)]
    identity = [field.name for field in entity.fields].index("id") + 1
    return f"UPDATE {_table(entity)} AS t\n{clause('SET ', assigned)}\nWHERE t.id = ${identity}"


def upsert(entity: Entity, target: str = "id") -> str:
    """Return the statement that stores a row, in place of the one that conflicts in `target`, whose id stays."""
    assigned = [f"{column(name)} = excluded.{column(name)}" for _, name in _others(entity)]
    return f"{insert(entity)}\nON CONFLICT ({target}) DO UPDATE\n{clause('SET ', assigned)}"


def delete(entity: Entity) -> str:
    """Return the statement that deletes the row of an id."""
    return f"DELETE FROM {_table(entity)} AS t\nWHERE t.id = $1"


def count(entity: Entity) -> str:
    """Return the statement that counts the rows."""
    return f"SELECT count(*)\nFROM {_table(entity)} AS t"


# --- unique indexes ---------------------------------------------------------------------------------------------------


def keys(index: UniqueIndex) -> tuple[str, ...]:
    """Return the keys of an index as PostgreSQL shows them."""
    if index.lower:
        return (_lower(column(index.fields[0])),)
    return tuple(column(name) for name in index.fields)


def _holds(entity: Entity, index: UniqueIndex) -> str:
    if index.lower:
        return f"{_lower(f't.{column(index.fields[0])}')} = {_lower('$1::text')}"
    return " AND ".join(f"t.{column(name)} = ${number}" for number, name in enumerate(index.fields, 1))


def _lower(text: str) -> str:
    return f"lower({text} COLLATE {CASE_COLLATION})"


def get_by(entity: Entity, index: UniqueIndex) -> str:
    """Return the statement that reads the row with a value in an index."""
    return f"{_select(entity)}\nWHERE {_holds(entity, index)}"


def exists_by(entity: Entity, index: UniqueIndex) -> str:
    """Return the statement that tells whether another row than that of an id has a value in an index."""
    other = f"t.id IS DISTINCT FROM ${len(index.fields) + 1}::{sql_type(entity.id.type)}"
    return (
        f"SELECT EXISTS (\n    SELECT FROM {_table(entity)} AS t\n    WHERE {_holds(entity, index)}\n    AND {other}\n)"
    )


def upsert_by(entity: Entity, index: UniqueIndex) -> str:
    """Return the statement that stores a row, in place of the one that has its value in an index, and reads it."""
    return f"{upsert(entity, ', '.join(keys(index)))}\n{clause('RETURNING ', select_list(entity))}"
