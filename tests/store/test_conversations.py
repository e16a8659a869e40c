"""Conversations: one's own alone, safe to send twice, gone for good a day after they were deleted."""

import pytest
from sqlalchemy import Engine, func, select, text

from addon.store.conversation_search import search
from addon.store.conversations import (
    NewMessage,
    Piece,
    TextGapError,
    UnknownConversationError,
    append_to_message,
    delete_conversation,
    find_conversation,
    keep_conversation,
    keep_message,
    list_conversations,
    messages_of,
    restore_conversation,
    utf16_length,
)
from addon.store.engine import reading, writing
from addon.store.errors import StoreError
from addon.store.models import Conversation, Message, User
from addon.store.users import delete_user
from tests.changing import changing_rules
from tests.store.samples import NOW, make_user

DAY_S = 24 * 3600
CHAT = "conversation-1"


@pytest.fixture
def ann(engine: Engine) -> User:
    return make_user(engine, "ann")


def _keep(engine: Engine, user: User, conversation_id: str = CHAT, title: str = "", now: float = NOW) -> None:
    with writing(engine) as session:
        keep_conversation(session, user.id, conversation_id, {"title": title}, now)


def _say(engine: Engine, user: User, message: NewMessage, conversation_id: str = CHAT, now: float = NOW) -> None:
    with writing(engine) as session:
        keep_message(session, user.id, conversation_id, message, now)


def _append(engine: Engine, user: User, piece: Piece) -> tuple[int, int]:
    with writing(engine) as session:
        return append_to_message(session, user.id, CHAT, "answer-1", piece)


def _contents(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [message.content for message in messages_of(session, CHAT)]


def _found(engine: Engine, user: User, words: str) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(hit.conversation.id, hit.snippet) for hit in search(session, user.id, words)]


def test_a_conversation_is_kept_with_its_messages_and_the_last_one_is_shown(engine: Engine, ann: User) -> None:
    _keep(engine, ann, title="Tea")
    _say(engine, ann, NewMessage("question-1", "user", content="Why?", images=("aGk=",)))
    _say(
        engine,
        ann,
        NewMessage("answer-1", "assistant", "question-1", "Because.", statistics={"tokens": 2}),
        now=NOW + 9,
    )
    with reading(engine) as session:
        row = find_conversation(session, ann.id, CHAT)
        first, second = messages_of(session, CHAT)
    assert (row.title, row.leaf_id, row.updated_at) == ("Tea", "answer-1", NOW + 9)
    assert (first.content, first.images, first.parent_id) == ("Why?", '["aGk="]', None)
    assert (second.content, second.statistics, second.parent_id) == ("Because.", '{"tokens": 2}', "question-1")


def test_what_is_sent_twice_is_kept_once(engine: Engine, ann: User) -> None:
    for content in ("Why?", "Why not?"):
        _keep(engine, ann)
        _say(engine, ann, NewMessage("question-1", "user", content=content))
    assert _contents(engine) == ["Why not?"]


def test_the_latest_comes_first_page_by_page(engine: Engine, ann: User) -> None:
    for number in range(5):
        _keep(engine, ann, f"conversation-{number}", now=NOW + number)
    with reading(engine) as session:
        first = list_conversations(session, ann.id, 2)
        rest = list_conversations(session, ann.id, 9, before=first[-1].updated_at)
    assert [row.id[-1] for row in (*first, *rest)] == ["4", "3", "2", "1", "0"]


def test_nobody_sees_or_touches_anothers_conversation(engine: Engine, ann: User) -> None:
    bob = make_user(engine, "bob")
    _keep(engine, ann, title="secret words")
    _say(engine, ann, NewMessage("answer-1", "assistant", content="secret words"))
    message = NewMessage("question-9", "user")
    with writing(engine) as session:
        for attempt in (
            lambda: find_conversation(session, bob.id, CHAT),
            lambda: keep_conversation(session, bob.id, CHAT, {"title": "mine"}, NOW),
            lambda: keep_message(session, bob.id, CHAT, message, NOW),
            lambda: append_to_message(session, bob.id, CHAT, "answer-1", Piece(12, "!")),
            lambda: delete_conversation(session, bob.id, CHAT, NOW),
            lambda: restore_conversation(session, bob.id, CHAT),
        ):
            with pytest.raises(UnknownConversationError, match="no such conversation"):
                attempt()
        assert list_conversations(session, bob.id, 9) == []
    assert _found(engine, bob, "secret") == []


def test_a_parent_of_another_conversation_is_refused(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    with pytest.raises(StoreError, match="before this one"):
        _say(engine, ann, NewMessage("answer-1", "assistant", "elsewhere-1"))


@pytest.mark.parametrize(
    ("piece", "whole"),
    [
        (Piece(5, " world"), "hello world"),
        (Piece(3, "lo world"), "hello world"),
        (Piece(0, "hello"), "hello"),
        (Piece(0, "he"), "hello"),
        (Piece(5, ""), "hello"),
    ],
    ids=["behind", "overlapping", "repeated", "older", "nothing"],
)
def test_a_piece_is_put_where_it_belongs(engine: Engine, ann: User, piece: Piece, whole: str) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("answer-1", "assistant", content="hello", state="partial"))
    assert _append(engine, ann, piece) == (len(whole), 0)
    assert _contents(engine) == [whole]


TICKET_1, TICKET_2 = {"ticket": "ticket-1"}, {"ticket": "ticket-2"}


@pytest.mark.parametrize(
    ("late", "kept"),
    [
        (NewMessage("answer-1", "assistant", state="partial", statistics=TICKET_1), "hello"),
        (NewMessage("answer-1", "assistant", content="hel", state="partial", statistics=TICKET_1), "hello"),
        (NewMessage("answer-1", "assistant", content="hello!", state="partial", statistics=TICKET_1), "hello!"),
        (NewMessage("answer-1", "assistant", content="hi", state="partial", statistics=TICKET_1), "hi"),
        (NewMessage("answer-1", "assistant", state="partial", statistics=TICKET_2), ""),
        (NewMessage("answer-1", "assistant", content="hel", state="stopped"), "hel"),
    ],
    ids=["its beginning", "less of it", "more of it", "other text", "tried again", "its end"],
)
def test_an_answers_late_beginning_does_not_undo_what_came_after_it(
    engine: Engine, ann: User, late: NewMessage, kept: str
) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("answer-1", "assistant", content="hello", state="partial", statistics=TICKET_1))
    _say(engine, ann, late)
    assert _contents(engine) == [kept]


def test_offsets_count_as_browsers_do(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("answer-1", "assistant", content="🦊", thinking="🦊🦊"))
    assert _append(engine, ann, Piece(2, "é", 4, "!")) == (3, 5)
    assert _contents(engine) == ["🦊é"]
    assert utf16_length("🦊é") == 3


def test_a_gap_is_refused_with_what_is_known(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("answer-1", "assistant", content="hello", thinking="hm"))
    with pytest.raises(TextGapError) as caught:
        _append(engine, ann, Piece(6, "!", 2))
    assert (caught.value.length, caught.value.thinking_length) == (5, 2)
    assert _contents(engine) == ["hello"]


def test_a_deleted_conversation_can_be_had_back_for_a_day(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("question-1", "user", content="words"))
    with writing(engine) as session:
        delete_conversation(session, ann.id, CHAT, NOW)
        assert list_conversations(session, ann.id, 9) == []
    assert _found(engine, ann, "words") == []
    _keep(engine, ann, "conversation-2", now=NOW + DAY_S - 1)
    with writing(engine) as session:
        restore_conversation(session, ann.id, CHAT)
    assert [found for found, _ in _found(engine, ann, "words")] == [CHAT]


def test_after_a_day_nothing_of_it_is_left(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("question-1", "user", content="words"))
    with writing(engine) as session:
        delete_conversation(session, ann.id, CHAT, NOW)
    _keep(engine, ann, "conversation-2", now=NOW + DAY_S + 1)
    _nothing_is_left(engine)


def test_the_conversations_of_a_deleted_account_go_with_it(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("question-1", "user", content="words"))
    with changing_rules(engine) as session:
        delete_user(session, session.get_one(User, ann.id))
    _nothing_is_left(engine)


def _nothing_is_left(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.scalars(select(Conversation.id).where(Conversation.id == CHAT)).all() == []
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        assert session.execute(text("SELECT rowid FROM message_text WHERE message_text MATCH 'words'")).all() == []


@pytest.mark.parametrize("words", ["green tea", "TEA gre", "te", "thé", '"tea"', "tea AND", "tea*", "Breakfast"])
def test_words_are_found_in_messages_and_titles(engine: Engine, ann: User, words: str) -> None:
    _keep(engine, ann, title="Breakfast")
    _say(engine, ann, NewMessage("question-1", "user", content="I like green tea and thé AND toast"))
    assert [found for found, _ in _found(engine, ann, words)] == [CHAT]


@pytest.mark.parametrize("words", ["coffee", "", " ", "%", "_", "\0", "tea coffee", "NEAR("])
def test_other_words_are_not(engine: Engine, ann: User, words: str) -> None:
    _keep(engine, ann, title="Breakfast")
    _say(engine, ann, NewMessage("question-1", "user", content="I like green tea"))
    assert _found(engine, ann, words) == []


def test_a_snippet_marks_what_was_found_and_follows_changes(engine: Engine, ann: User) -> None:
    _keep(engine, ann)
    _say(engine, ann, NewMessage("answer-1", "assistant", content="green tea"))
    _append(engine, ann, Piece(9, " with milk"))
    assert _found(engine, ann, "milk") == [(CHAT, "green tea with \ue000milk\ue001")]
    _say(engine, ann, NewMessage("answer-1", "assistant", content="black coffee"))
    assert _found(engine, ann, "milk") == []
