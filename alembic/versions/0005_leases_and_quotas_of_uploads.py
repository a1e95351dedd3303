"""leases and quotas of uploads"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload_lease',
    sa.Column('upload', sa.String(length=36), nullable=False),
    sa.Column('token', sa.String(length=36), nullable=False),
    sa.Column('until', sa.String(32).with_variant(sa.DateTime(timezone=True), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('upload')
    )
    op.create_table('user_quota',
    sa.Column('user', sa.String(length=36), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user'], ['user.id'], ),
    sa.PrimaryKeyConstraint('user')
    )
    with op.batch_alter_table('media_blob', schema=None) as batch_op:
        batch_op.add_column(sa.Column('user', sa.String(length=36), nullable=True))
        batch_op.create_index(batch_op.f('ix_media_blob_user'), ['user'], unique=False)

    # What is stored already counts for whoever announced it.
    op.execute(
        'UPDATE media_blob SET "user" = '
        '(SELECT media.created_by FROM media WHERE media.id = media_blob.media)'
    )

    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_user'), ['user'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_user'))

    with op.batch_alter_table('media_blob', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_media_blob_user'))
        batch_op.drop_column('user')

    op.drop_table('user_quota')
    op.drop_table('upload_lease')
