"""Tickets from requests: name, model and base priority, or the refusal."""

import json
import uuid

import pytest
from mitmproxy import http

from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket
from addon.proxy.bodies import BodyRules
from addon.proxy.tickets import make_ticket
from tests.core.builders import make_principal

UUID = "11111111-2222-3333-4444-55555555abcd"


def _make(body: object = None, models: frozenset[str] | None = None, **headers: str) -> Ticket | Refusal:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    content = json.dumps({"model": "m"} if body is None else body)
    request = http.Request.make("POST", "http://127.0.0.1/api/chat", content, named)
    return make_ticket(request, make_principal(models=models), "/api/chat", 5)


def test_a_ticket_without_wishes_gets_a_fresh_name_and_its_principals_base() -> None:
    first, second = _make(), _make()
    assert isinstance(first, Ticket)
    assert isinstance(second, Ticket)
    assert (first.base, first.model, first.path, first.arrived_us) == (1, "m", "/api/chat", 5)
    assert uuid.UUID(first.id) != uuid.UUID(second.id)


@pytest.mark.parametrize("name", [UUID, UUID.upper()])
def test_a_wished_name_is_taken_in_lower_case(name: str) -> None:
    ticket = _make(X_Queue_Ticket=name)
    assert isinstance(ticket, Ticket)
    assert ticket.id == UUID


@pytest.mark.parametrize(
    "name", ["", "mine", UUID + "0", f"{{{UUID}}}", UUID.replace("-", ""), f"urn:uuid:{UUID}"]
)
def test_anything_but_a_plain_uuid_is_no_name(name: str) -> None:
    assert _make(X_Queue_Ticket=name) == Refusal(Reason.BAD_TICKET_NAME)


@pytest.mark.parametrize(("wish", "base"), [("0", 1), ("1", 1), ("2", 2), (" 9 ", 9)])
def test_a_priority_can_only_be_lowered(wish: str, base: int) -> None:
    ticket = _make(X_Priority=wish)
    assert isinstance(ticket, Ticket)
    assert ticket.base == base


@pytest.mark.parametrize("wish", ["", "10", "-1", "1.5", "high", "\u0663", "1,2"])
def test_anything_but_one_digit_is_no_priority(wish: str) -> None:
    assert _make(X_Priority=wish) == Refusal(Reason.BAD_PRIORITY)


def _make_of_form(target: str, content_type: str = "multipart/form-data; boundary=x") -> Ticket | Refusal:
    body = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper\r\n--x--\r\n'
    named = [(b"content-type", content_type.encode())] if content_type else []
    request = http.Request.make("POST", f"http://127.0.0.1{target}", body, named)
    return make_ticket(request, make_principal(), "/v1/audio/transcriptions", 5)


def test_a_form_becomes_a_ticket_that_does_not_stream() -> None:
    ticket = _make_of_form("/v1/audio/transcriptions")
    assert isinstance(ticket, Ticket)
    assert (ticket.model, ticket.is_streamed) == ("whisper", False)


@pytest.mark.parametrize("query", ["?x", "?model=other", "?MODEL=other"])
def test_a_query_must_not_speak_for_a_form(query: str) -> None:
    refusal = _make_of_form(f"/api/code/v1/audio/transcriptions{query}")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM


def test_a_form_without_a_content_type_is_none() -> None:
    refusal = _make_of_form("/v1/audio/transcriptions", "")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM


def test_cloud_models_are_off_unless_the_rules_allow_them() -> None:
    cloud = {"model": "gpt-oss:120b-cloud"}
    assert _make(cloud) == Refusal(Reason.CLOUD_MODEL, "gpt-oss:120b-cloud")
    request = http.Request.make("POST", "http://127.0.0.1/api/chat", json.dumps(cloud))
    ticket = make_ticket(request, make_principal(), "/api/chat", 5, BodyRules(cloud_models=True))
    assert isinstance(ticket, Ticket)


def test_the_body_is_judged_first_and_the_model_next() -> None:
    refusal = _make(body=[], X_Priority="junk")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_JSON
    assert _make(models=frozenset({"other"}), X_Priority="x") == Refusal(Reason.MODEL_NOT_ALLOWED, "m")
