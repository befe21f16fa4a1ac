"""what releases have in common is kept once"""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEYS = {
    "phrasing": [("kind", sa.String(length=20)), ("owner", sa.String(length=60))],
    "part": [("name", sa.String(length=40))],
    "model": [("name", sa.String(length=20))],
}
_NUMBERED = ("phrasing", "part")


def upgrade() -> None:
    """Apply."""
    contents = op.create_table(
        "content",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content")),
    )
    connection = op.get_bind()
    releases = list(connection.scalars(sa.text("SELECT number FROM release ORDER BY number")))
    there = set[str]()
    for table in _KEYS:
        rows: list[dict[str, Any]] = []
        for release in releases:
            for row, data in _shared(connection, table, release):
                row["digest"] = hashlib.sha256(data).hexdigest()
                if row["digest"] not in there:
                    there.add(row["digest"])
                    connection.execute(sa.insert(contents), {"digest": row["digest"], "data": data})
                rows.append(row)
        op.drop_table(table)
        made = _created(table, sa.Column("digest", sa.String(length=64), nullable=False), shared=True)
        if rows:
            connection.execute(sa.insert(made), rows)


def downgrade() -> None:
    """Undo."""
    connection = op.get_bind()
    columns = {
        "phrasing": sa.Column("text", sa.String(length=200), nullable=False),
        "part": sa.Column("data", sa.JSON(), nullable=False),
        "model": sa.Column("data", sa.LargeBinary(), nullable=False),
    }
    for table, column in columns.items():
        query = sa.text(f"SELECT t.*, c.data FROM {table} t JOIN content c ON c.digest = t.digest")
        rows = [dict(row) for row in connection.execute(query).mappings()]
        op.drop_table(table)
        made = _created(table, column, shared=False)
        if rows:
            connection.execute(sa.insert(made), list(_apart(table, rows)))
    op.drop_table("content")


def _shared(connection: sa.Connection, table: str, release: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The rows of one release as they are kept from now on, each with what it is to point at."""
    order = "position" if table in _NUMBERED else "name"
    columns = sa.text(f"SELECT * FROM {table} WHERE release = :release ORDER BY {order}")
    typed = columns.columns(data=sa.JSON()) if table == "part" else columns
    rows = list(connection.execute(typed, {"release": release}).mappings())
    if table == "model":
        for row in rows:
            yield {"release": release, "name": row["name"]}, bytes(row["data"])
    elif table == "part":
        for row in rows:
            yield {k: row[k] for k in ("release", "position", "name")}, _json(row["data"])
    else:
        grouped = groupby(rows, key=lambda row: (row["kind"], row["owner"]))
        for position, ((kind, owner), group) in enumerate(grouped):
            key = {"release": release, "position": position, "kind": kind, "owner": owner}
            yield key, _json([row["text"] for row in group])


def _apart(table: str, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows as they were kept before."""
    positions: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row["release"], row.get("position", 0))):
        kept = {k: v for k, v in row.items() if k not in ("digest", "data", "position")}
        if table == "model":
            yield kept | {"data": bytes(row["data"])}
            continue
        value = json.loads(bytes(row["data"]))
        for entry in value if table == "phrasing" else [value]:
            position = positions.setdefault(row["release"], 0)
            positions[row["release"]] += 1
            yield kept | {"position": position, "text" if table == "phrasing" else "data": entry}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _created(table: str, column: sa.Column[Any], *, shared: bool) -> sa.Table:
    keys = [sa.Column(name, kind, nullable=False) for name, kind in _KEYS[table]]
    numbered = [sa.Column("position", sa.Integer(), nullable=False)] if table in _NUMBERED else []
    points = [
        sa.ForeignKeyConstraint(["digest"], ["content.digest"], name=op.f(f"fk_{table}_digest_content"))
    ]
    return op.create_table(
        table,
        *keys,
        column,
        sa.Column("release", sa.Integer(), nullable=False),
        *numbered,
        *(points if shared else []),
        sa.ForeignKeyConstraint(["release"], ["release.number"], name=op.f(f"fk_{table}_release_release")),
        sa.PrimaryKeyConstraint("release", "position" if numbered else "name", name=op.f(f"pk_{table}")),
    )
