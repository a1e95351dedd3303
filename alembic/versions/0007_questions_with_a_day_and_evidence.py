"""Questions have a kind, a day and evidence; two accounts say how they differ and what hangs on it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("kind", sa.String(40), nullable=True))
        table.add_column(sa.Column("ask_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("evidence", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("contradiction") as table:
        table.add_column(
            sa.Column("difference", sa.String(40), nullable=False, server_default="differ")
        )
        table.add_column(
            sa.Column("consequence", sa.String(40), nullable=False, server_default="none")
        )


def downgrade() -> None:
    with op.batch_alter_table("contradiction") as table:
        table.drop_column("consequence")
        table.drop_column("difference")
    with op.batch_alter_table("question") as table:
        table.drop_column("evidence")
        table.drop_column("ask_on")
        table.drop_column("kind")
