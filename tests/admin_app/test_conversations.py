"""The chat page's memory over JSON."""

from typing import Any

import pytest

from admin_app.views.conversations import MOST_BODY_BYTES
from tests.admin_app.house import Browser, House

CHAT = "/api/conversations/conversation-1"
QUESTION = {"role": "user", "content": "Why?", "model": "gemma3"}
ANSWER = {"role": "assistant", "parent_id": "question-1", "content": "Be", "state": "partial", "model": "gemma3"}


@pytest.fixture
def ann(house: House) -> Browser:
    return house.joined("ann")


@pytest.fixture
def chat(ann: Browser) -> Browser:
    """Ann, with a question and half an answer."""
    assert (
        ann.put(CHAT, {"title": "Tea", "settings": {"temperature": 0.5, "system": "Be brief."}}).status_code == 200
    )
    for name, message in (("question-1", QUESTION), ("answer-1", ANSWER)):
        assert ann.put(f"{CHAT}/messages/{name}", message).get_json() == {}
    return ann


def test_a_conversation_comes_back_as_it_was_kept(chat: Browser) -> None:
    kept = chat.get(CHAT).get_json()
    assert (kept["title"], kept["leaf_id"]) == ("Tea", "answer-1")
    assert kept["settings"] == {"temperature": 0.5, "system": "Be brief."}
    assert [(one["id"], one["parent_id"], one["content"], one["state"]) for one in kept["messages"]] == [
        ("question-1", None, "Why?", "complete"),
        ("answer-1", "question-1", "Be", "partial"),
    ]


def test_an_answer_grows_piece_by_piece(chat: Browser) -> None:
    grown = chat.post_json(f"{CHAT}/messages/answer-1/append", {"offset": 2, "content": "cause."})
    assert grown.get_json() == {"length": 8, "thinking_length": 0}
    assert chat.get(CHAT).get_json()["messages"][1]["content"] == "Because."


def test_a_gap_is_answered_with_what_is_known(chat: Browser) -> None:
    answer = chat.post_json(f"{CHAT}/messages/answer-1/append", {"offset": 9, "content": "!"})
    assert answer.status_code == 409
    assert (answer.get_json()["length"], answer.get_json()["thinking_length"]) == (2, 0)


def test_the_list_goes_on_page_by_page(house: House, ann: Browser) -> None:
    for number in range(3):
        house.clock.now += 1
        ann.put(f"/api/conversations/conversation-{number}", {"title": str(number)})
    first = ann.get("/api/conversations?limit=2").get_json()
    assert ([one["title"] for one in first["conversations"]], first["more"]) == (["2", "1"], True)
    rest = ann.get(f"/api/conversations?before={first['conversations'][-1]['updated_at']}").get_json()
    assert ([one["title"] for one in rest["conversations"]], rest["more"]) == (["0"], False)


def test_a_conversation_can_be_renamed_without_losing_the_rest(chat: Browser) -> None:
    assert chat.put(CHAT, {"title": "Coffee"}).get_json()["settings"]["system"] == "Be brief."
    assert chat.get(CHAT).get_json()["title"] == "Coffee"


def test_deleting_can_be_undone(chat: Browser) -> None:
    assert chat.delete(CHAT).status_code == 204
    assert chat.get(CHAT).status_code == 404
    assert chat.post_json(f"{CHAT}/restore", {}).status_code == 200
    assert chat.get(CHAT).status_code == 200


def test_words_are_found(chat: Browser) -> None:
    (hit,) = chat.get("/api/conversations/search?q=why").get_json()["conversations"]
    assert (hit["title"], hit["snippet"]) == ("Tea", "\ue000Why\ue001?")


def test_an_export_can_be_imported_by_somebody_else(house: House, chat: Browser) -> None:
    document = chat.get("/api/conversations/export").get_json()
    bob = house.joined("bob")
    assert bob.post_json("/api/conversations/import", document).get_json() == {"imported": 1}
    (copy,) = bob.get("/api/conversations/export").get_json()["conversations"]
    (original,) = document["conversations"]
    told = ("title", "settings", "leaf_id")
    assert {name: copy[name] for name in told} == {name: original[name] for name in told}
    assert [one["content"] for one in copy["messages"]] == ["Why?", "Be"]
    assert copy["id"] != original["id"]


def test_one_conversation_can_be_imported_alone(chat: Browser) -> None:
    assert chat.post_json("/api/conversations/import", chat.get(CHAT).get_json()).status_code == 201
    assert len(chat.get("/api/conversations").get_json()["conversations"]) == 2


def test_an_import_that_is_wrong_somewhere_imports_nothing(chat: Browser) -> None:
    document = chat.get("/api/conversations/export").get_json()
    document["conversations"].append({"title": "broken", "messages": [{"id": "message-9", "role": "nobody"}]})
    assert chat.post_json("/api/conversations/import", document).status_code == 400
    assert len(chat.get("/api/conversations").get_json()["conversations"]) == 1


def test_anothers_conversation_is_as_unknown_as_none(house: House, chat: Browser) -> None:
    bob = house.joined("bob")
    answers = [
        bob.get(CHAT),
        bob.put(CHAT, {"title": "mine"}),
        bob.delete(CHAT),
        bob.post_json(f"{CHAT}/restore", {}),
        bob.put(f"{CHAT}/messages/question-1", QUESTION),
        bob.post_json(f"{CHAT}/messages/answer-1/append", {"content": "!"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert bob.get("/api/conversations").get_json() == {"conversations": [], "more": False}
    assert chat.get(CHAT).get_json()["title"] == "Tea"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"titel": "x"}, "There is no field 'titel'"),
        ({"title": 1}, "title must be a text"),
        ({"title": "x" * 201}, "at most 200"),
        ({"settings": []}, "settings must be a JSON object"),
        ({"settings": {"temprature": 1}}, "There is no setting"),
        ({"settings": {"num_ctx": True}}, "another kind"),
        ({"leaf_id": "../x"}, "An id has"),
    ],
)
def test_odd_changes_are_refused_with_a_sentence(ann: Browser, changes: dict[str, Any], said: str) -> None:
    answer = ann.put(CHAT, changes)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "system"}, "role must be one of"),
        ({"state": "odd"}, "state must be one of"),
        ({"images": ["not base64!"]}, "not in base64"),
        ({"images": ["aGk="] * 9}, "at most 8"),
        ({"images": ["A" * (4 * 2**20 + 4)]}, "larger than"),
        ({"content": "x" * 1_000_001}, "at most 1,000,000"),
        ({"statistics": {"deep": {}}}, "a few numbers"),
        ({"parent_id": "elsewhere-1"}, "before this one"),
    ],
)
def test_odd_messages_are_refused_with_a_sentence(chat: Browser, changes: dict[str, Any], said: str) -> None:
    answer = chat.put(f"{CHAT}/messages/question-2", QUESTION | changes)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]


def test_a_message_may_hold_large_images(chat: Browser) -> None:
    images = ["A" * (4 * 2**20)] * 5
    assert chat.put(f"{CHAT}/messages/question-2", QUESTION | {"images": images}).status_code == 200


def test_a_body_beyond_all_bounds_is_refused(chat: Browser) -> None:
    assert chat.put(CHAT, {"title": "x" * MOST_BODY_BYTES}).status_code == 413


@pytest.mark.parametrize("query", ["limit=0", "limit=999", "limit=x", "before=x", "before=nan", "before="])
def test_an_odd_page_is_refused(ann: Browser, query: str) -> None:
    assert ann.get(f"/api/conversations?{query}").status_code == 400
