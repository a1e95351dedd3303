"""Claims stay on the server: no longer synced, found by postings of records, read by a cursor.

Claims are made anew from the texts, so the old ones are dropped; a worker reads every trip again
at its start. The log keeps what it says of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    op.drop_table("claim_term")
    op.drop_table("claim")
    op.execute("DELETE FROM sync_head WHERE entity = 'claim'")
    op.create_table(
        "claim",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("trip", sa.String(36), nullable=False),
        sa.Column("entity", sa.String(40), nullable=False),
        sa.Column("record", sa.String(36), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
    )
    op.create_index("ix_claim_trip", "claim", ["trip"])
    op.create_index("ix_claim_record", "claim", ["record"])
    op.create_table(
        "claim_term",
        sa.Column("trip", sa.String(36), nullable=False),
        sa.Column("term", sa.String(80), nullable=False),
        sa.Column("record", sa.String(36), nullable=False),
        sa.Column("entity", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("trip", "term", "record"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_term_record", "claim_term", ["record"])
    op.create_table(
        "claim_cursor",
        sa.Column("trip", sa.String(36), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("claim_cursor")
    op.drop_table("claim_term")
    op.drop_table("claim")
    # The tables of 0001, empty: that version reads its claims when a text is changed.
    op.create_table(
        "claim_term",
        sa.Column("claim", sa.String(36), nullable=False),
        sa.Column("term", sa.String(80), nullable=False),
        sa.Column("trip", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("claim", "term"),
    )
    op.create_index("ix_claim_term_trip_term", "claim_term", ["trip", "term"])
    op.create_table(
        "claim",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("trip", sa.String(36), sa.ForeignKey("trip.id"), nullable=False),
        sa.Column("created_by", sa.String(36)),
        sa.Column(
            "created_at",
            sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql"),
        ),
        sa.Column("sensitivity", sa.String(40), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("record", sa.String(36), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(36)),
        sa.Column("content", JSON, nullable=False),
    )
    op.create_index("ix_claim_trip", "claim", ["trip"])
    op.create_index("ix_claim_record", "claim", ["record"])
