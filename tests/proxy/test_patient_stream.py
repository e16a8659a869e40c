"""A contract with mitmproxy 12.2.3: what patient_stream.py and http_layer.py build on must stay what it was."""

import inspect

from mitmproxy.connection import Server
from mitmproxy.proxy import layer, server
from mitmproxy.proxy.layers.http import HttpLayer, HttpStream


def test_the_methods_that_are_overridden_have_the_signatures_they_had() -> None:
    expected = {
        HttpStream.__init__: ["self", "context", "stream_id"],
        HttpStream.start_response_stream: ["self"],
        HttpStream.state_stream_response_body: ["self", "event"],
        HttpStream.send_response: ["self", "already_streamed"],
        HttpStream.handle_protocol_error: ["self", "event"],
        HttpStream.check_killed: ["self", "emit_error_hook"],
        HttpLayer.get_connection: ["self", "event", "reuse"],
        HttpLayer.make_stream: ["self", "stream_id"],
        layer.Layer.handle_event: ["self", "event"],
        server.ConnectionHandler.server_event: ["self", "event"],
    }
    assert {method: list(inspect.signature(method).parameters) for method in expected} == expected


def test_a_connection_that_failed_is_still_remembered_and_would_be_reused() -> None:
    source = inspect.getsource(HttpLayer.get_connection)
    assert "elif connection.error:" in source
    assert Server(address=("127.0.0.1", 1)).error is None


def test_a_killed_flow_still_says_so_in_its_error() -> None:
    assert "flow.Error.KILLED_MESSAGE" in inspect.getsource(HttpStream.check_killed)


def test_a_paused_layer_still_queues_every_event_but_the_one_it_waits_for() -> None:
    assert "self._paused_event_queue.append(event)" in inspect.getsource(layer.Layer.handle_event)
