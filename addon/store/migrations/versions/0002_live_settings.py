"""What administrators change live, and early answers in one piece"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('live_setting',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('changed_at', sa.Double(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    for table in ('api_key', 'address_rule'):
        op.add_column(table, sa.Column('early_json', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ('api_key', 'address_rule'):
        op.drop_column(table, 'early_json')
    op.drop_table('live_setting')
