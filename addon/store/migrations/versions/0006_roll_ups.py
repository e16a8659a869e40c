"""Sums of the journal, by ten minutes, by hour and by six hours"""

import sqlalchemy as sa
from alembic import op

from addon.core.waits import bucket_of


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('usage_roll_up',
    sa.Column('period_s', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.Integer(), nullable=False),
    sa.Column('principal_id', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('principal', sa.String(), nullable=False),
    sa.Column('principal_class', sa.String(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=False),
    sa.Column('completion_tokens', sa.Integer(), nullable=False),
    sa.Column('ran_s', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('period_s', 'start_at', 'principal_id', 'model')
    )
    op.create_table('wait_roll_up',
    sa.Column('period_s', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.Integer(), nullable=False),
    sa.Column('principal_class', sa.String(), nullable=False),
    sa.Column('bucket', sa.Integer(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('period_s', 'start_at', 'principal_class', 'bucket')
    )
    op.create_table('refusal_roll_up',
    sa.Column('period_s', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('refusals', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('period_s', 'start_at', 'reason')
    )
    for period_s in (600, 3600, 21600):
        _take_in_the_past(period_s)


def downgrade() -> None:
    for table in ('refusal_roll_up', 'wait_roll_up', 'usage_roll_up'):
        op.drop_table(table)


def _take_in_the_past(period_s: int) -> None:
    start_at = f'CAST(arrived_at / {period_s} AS INTEGER) * {period_s}'
    op.execute(
        f"INSERT INTO usage_roll_up SELECT {period_s}, {start_at}, principal_id, model, MAX(principal), "
        "MAX(principal_class), COUNT(*), SUM(state <> 'done'), SUM(prompt_tokens), SUM(completion_tokens), SUM(ran_s) "
        'FROM journal GROUP BY 2, 3, 4'
    )
    counts: dict[tuple[int, str, int], int] = {}
    rows = op.get_bind().execute(
        sa.text(f"SELECT {start_at}, principal_class, waited_s FROM journal WHERE state <> 'refused'")
    )
    for start, principal_class, waited_s in rows:
        key = start, principal_class, bucket_of(waited_s)
        counts[key] = counts.get(key, 0) + 1
    for (start, principal_class, bucket), requests in counts.items():
        op.get_bind().execute(
            sa.text('INSERT INTO wait_roll_up VALUES (:period_s, :start, :class, :bucket, :requests)'),
            {'period_s': period_s, 'start': start, 'class': principal_class, 'bucket': bucket, 'requests': requests},
        )
