"""Conversations, and the index of their words"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_FORGET = "INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.number, old.content);"
_LEARN = 'INSERT INTO message_text (rowid, content) VALUES (new.number, new.content);'


def upgrade() -> None:
    op.create_table('conversation',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('settings', sa.String(), nullable=False),
    sa.Column('leaf_id', sa.String(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.Column('deleted_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('conversation') as batch_op:
        batch_op.create_index('ix_conversation_user_id_updated_at', ['user_id', 'updated_at'], unique=False)
    op.create_table('message',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('parent_id', sa.String(), nullable=True),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('thinking', sa.String(), nullable=False),
    sa.Column('images', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('statistics', sa.String(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('conversation_id', 'id')
    )
    op.execute(
        "CREATE VIRTUAL TABLE message_text USING fts5("
        "content, content='message', content_rowid='number', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f'CREATE TRIGGER message_text_learns AFTER INSERT ON message BEGIN {_LEARN} END')
    op.execute(f'CREATE TRIGGER message_text_forgets AFTER DELETE ON message BEGIN {_FORGET} END')
    op.execute(
        f'CREATE TRIGGER message_text_relearns AFTER UPDATE OF content ON message BEGIN {_FORGET} {_LEARN} END'
    )


def downgrade() -> None:
    op.drop_table('message')
    op.execute('DROP TABLE message_text')
    op.drop_table('conversation')
