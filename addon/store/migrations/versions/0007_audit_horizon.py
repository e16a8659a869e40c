"""The age from which audit rows may be deleted"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_APPEND_ONLY = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"


def upgrade() -> None:
    op.create_table('audit_horizon',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('before_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.execute('INSERT INTO audit_horizon VALUES (1, 0)')
    # Whatever a fault in the program asks for, the last day stays.
    op.execute(
        'CREATE TRIGGER audit_horizon_stays_behind BEFORE UPDATE ON audit_horizon '
        "WHEN NEW.before_at > CAST(strftime('%s', 'now') AS REAL) - 86400 "
        "BEGIN SELECT RAISE(ABORT, 'the audit log keeps its last day'); END"
    )
    op.execute('DROP TRIGGER audit_refuses_delete')
    op.execute(
        'CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit '
        f'WHEN OLD.at >= (SELECT COALESCE(MAX(before_at), 0) FROM audit_horizon) {_APPEND_ONLY}'
    )


def downgrade() -> None:
    op.execute('DROP TRIGGER audit_refuses_delete')
    op.execute(f'CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit {_APPEND_ONLY}')
    op.drop_table('audit_horizon')
