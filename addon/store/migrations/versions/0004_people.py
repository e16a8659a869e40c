"""People: what invites carry, own and rotated keys, linked sessions, password resets, the audit log"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

# What a person, an invite or a rule may do.
_LIMITS = ('max_waiting', 'max_running')
_POLICY = ('priority', *_LIMITS)


def upgrade() -> None:
    with op.batch_alter_table('invite') as batch_op:
        for name in _POLICY:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('models', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('may_make_keys', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))

    with op.batch_alter_table('user', recreate='always', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        for name in _POLICY:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('models', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('may_make_keys', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('invite_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_user_invite_id', 'invite', ['invite_id'], ['id'], ondelete='SET NULL')
        batch_op.create_index(batch_op.f('ix_user_invite_id'), ['invite_id'], unique=False)

    with op.batch_alter_table(
        'address_rule', recreate='always', table_kwargs={'sqlite_autoincrement': True}
    ) as batch_op:
        for name in _LIMITS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('is_enabled', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))

    with op.batch_alter_table('api_key') as batch_op:
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('user_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('previous_prefix', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('previous_digest', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('previous_expires_at', sa.Double(), nullable=True))
        batch_op.create_foreign_key('fk_api_key_user_id', 'user', ['user_id'], ['id'], ondelete='CASCADE')
        batch_op.create_unique_constraint('uq_api_key_previous_prefix', ['previous_prefix'])
        batch_op.create_index(batch_op.f('ix_api_key_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('login_session') as batch_op:
        batch_op.add_column(sa.Column('parent_id', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('address', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('user_agent', sa.String(), nullable=False, server_default=''))
        batch_op.create_foreign_key(
            'fk_login_session_parent_id', 'login_session', ['parent_id'], ['id'], ondelete='CASCADE'
        )
        batch_op.create_index(batch_op.f('ix_login_session_parent_id'), ['parent_id'], unique=False)

    op.create_table('password_reset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('expires_at', sa.Double(), nullable=False),
    sa.Column('used_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('password_reset') as batch_op:
        batch_op.create_index(batch_op.f('ix_password_reset_user_id'), ['user_id'], unique=False)

    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.Column('actor_id', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('before', sa.String(), nullable=True),
    sa.Column('after', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('audit') as batch_op:
        for name in ('at', 'actor_id', 'action', 'subject_id'):
            batch_op.create_index(batch_op.f(f'ix_audit_{name}'), [name], unique=False)
    for deed in ('UPDATE', 'DELETE'):
        op.execute(
            f'CREATE TRIGGER audit_refuses_{deed.lower()} BEFORE {deed} ON audit '
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table('audit')
    op.drop_table('password_reset')
    with op.batch_alter_table('login_session') as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_session_parent_id'))
        batch_op.drop_constraint('fk_login_session_parent_id', type_='foreignkey')
        for name in ('parent_id', 'address', 'user_agent'):
            batch_op.drop_column(name)
    with op.batch_alter_table('api_key') as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_key_user_id'))
        batch_op.drop_constraint('fk_api_key_user_id', type_='foreignkey')
        batch_op.drop_constraint('uq_api_key_previous_prefix', type_='unique')
        for name in ('note', 'user_id', 'previous_prefix', 'previous_digest', 'previous_expires_at'):
            batch_op.drop_column(name)
    with op.batch_alter_table('address_rule', recreate='always') as batch_op:
        for name in (*_LIMITS, 'is_enabled', 'note'):
            batch_op.drop_column(name)
    with op.batch_alter_table('user', recreate='always') as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_invite_id'))
        batch_op.drop_constraint('fk_user_invite_id', type_='foreignkey')
        for name in (*_POLICY, 'models', 'may_make_keys', 'invite_id'):
            batch_op.drop_column(name)
    with op.batch_alter_table('invite') as batch_op:
        for name in (*_POLICY, 'models', 'may_make_keys', 'note'):
            batch_op.drop_column(name)
