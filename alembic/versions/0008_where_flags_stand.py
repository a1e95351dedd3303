"""Where each flag stands, by index: a new claim costs its own records' flags, not the trip's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    table = op.create_table(
        "flag_place",
        sa.Column("place", sa.String(36), nullable=False),
        sa.Column("flag", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("place", "flag"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_flag_place_flag", "flag_place", ["flag"])
    flags = sa.table("contradiction", sa.column("id"), sa.column("a", JSON), sa.column("b", JSON))
    connection = op.get_bind()
    rows = [
        {"place": place, "flag": flag}
        for flag, a, b in connection.execute(sa.select(flags.c.id, flags.c.a, flags.c.b))
        for place in {a["record"], b["record"], a.get("media"), b.get("media")} - {None}
    ]
    if rows:
        connection.execute(table.insert(), rows)


def downgrade() -> None:
    op.drop_table("flag_place")
