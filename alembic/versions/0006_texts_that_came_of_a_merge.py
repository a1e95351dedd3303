"""The log keeps the text that came of a merge, where it is not the one that was sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    op.add_column("sync_change", sa.Column("merged", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sync_change") as table:
        table.drop_column("merged")
