"""what devices still hold"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('device_unsent',
    sa.Column('trip', sa.String(length=36), nullable=False),
    sa.Column('device', sa.String(length=64), nullable=False),
    sa.Column('user', sa.String(length=36), nullable=False),
    sa.Column('at', sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql'), nullable=False),
    sa.Column('records', sa.BigInteger(), nullable=False),
    sa.Column('files', sa.BigInteger(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('oldest', sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql'), nullable=True),
    sa.ForeignKeyConstraint(['trip'], ['trip.id'], ),
    sa.PrimaryKeyConstraint('trip', 'device')
    )


def downgrade() -> None:
    op.drop_table('device_unsent')
