"""What an allow-listed address may do"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('address_rule', sa.Column('scopes', sa.String(), nullable=False, server_default='infer,read'))


def downgrade() -> None:
    op.drop_column('address_rule', 'scopes')
