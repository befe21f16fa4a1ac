"""who speaks in an update that waits, as a keyed hash: to forget them at their wish"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("incoming", sa.Column("person", sa.String(length=40), nullable=False, server_default=""))
    op.create_index("ix_incoming_person", "incoming", ["person"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_incoming_person", "incoming")
    op.drop_column("incoming", "person")
