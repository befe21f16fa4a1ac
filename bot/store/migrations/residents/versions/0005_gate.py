"""channels switched off, quotas"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "channel_off",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_off")),
    )
    op.create_table(
        "quota",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_quota")),
    )
    op.create_index(op.f("ix_quota_expires_at"), "quota", ["expires_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("quota")
    op.drop_table("channel_off")
