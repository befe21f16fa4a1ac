"""whoever switches a channel off or dismisses a question may have as long a name as an account has"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("channel_off", "dismissed")


def upgrade() -> None:
    """Apply."""
    _change(sa.String(length=60), sa.String(length=100))


def downgrade() -> None:
    """Undo."""
    _change(sa.String(length=100), sa.String(length=60))


def _change(before: sa.String, after: sa.String) -> None:
    for table in _TABLES:
        with op.batch_alter_table(table) as altered:
            altered.alter_column("account", existing_type=before, type_=after, existing_nullable=False)
