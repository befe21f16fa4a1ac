"""question log, feedback, dismissed wordings; whose a conversation is"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXED = {
    "question": ("asked_at", "day", "person", "text_key"),
    "feedback": ("given_at",),
    "dismissed": ("dismissed_at",),
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("domain", sa.Integer(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("elapsed_us", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_table(
        "feedback",
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_at", sa.Double(), nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("answer", name=op.f("pk_feedback")),
    )
    op.create_table(
        "dismissed",
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("dismissed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("text_key", name=op.f("pk_dismissed")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_question_status_day", "question", ["status", "day"])
    # Keys made without a secret could be guessed back: what stands under them is forgotten, not converted.
    op.execute("DELETE FROM conversation")
    op.add_column(
        "conversation", sa.Column("person", sa.String(length=64), nullable=False, server_default="")
    )
    op.create_index(op.f("ix_conversation_person"), "conversation", ["person"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_conversation_person"), "conversation")
    op.drop_column("conversation", "person")
    for table in reversed(INDEXED):
        op.drop_table(table)
