"""Sums by step of time alone: what arrived in it, and what ran in it"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_SUMS = ('requests', 'failed', 'prompt_tokens', 'completion_tokens', 'ran_s')


def upgrade() -> None:
    op.create_table('flow_roll_up',
    sa.Column('period_s', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.Integer(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=False),
    sa.Column('completion_tokens', sa.Integer(), nullable=False),
    sa.Column('ran_s', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('period_s', 'start_at')
    )
    # Of the time before, all that is known is when requests arrived.
    op.execute(
        f"INSERT INTO flow_roll_up (period_s, start_at, {', '.join(_SUMS)}) "
        f"SELECT period_s, start_at, {', '.join(f'SUM({name})' for name in _SUMS)} "
        'FROM usage_roll_up GROUP BY period_s, start_at'
    )


def downgrade() -> None:
    op.drop_table('flow_roll_up')
