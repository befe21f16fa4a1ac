"""what came in from messengers"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "incoming",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("lane", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("calls", sa.JSON(), nullable=True),
        sa.Column("made", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("owner", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("due_at", sa.Double(), nullable=False, server_default="0"),
        sa.Column("lease_until", sa.Double(), nullable=False, server_default="0"),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("answered_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
    )
    op.create_index("ix_incoming_channel_key", "incoming", ["channel", "key"], unique=True)
    op.create_index("ix_incoming_channel_lane", "incoming", ["channel", "lane", "number"])
    op.create_index("ix_incoming_channel_answered_at", "incoming", ["channel", "answered_at", "due_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("incoming")
