"""what a restore left behind"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sync_lost',
    sa.Column('scope', sa.String(length=36), nullable=False),
    sa.Column('after', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'after')
    )


def downgrade() -> None:
    op.drop_table('sync_lost')
