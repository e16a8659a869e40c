"""A page with nothing on it but answers: the product's modules and style, served under its own headers."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask, Response
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from admin_app import headers
from admin_app.views import static
from tests.e2e.pages import clean_page

_PAGE = """<!doctype html>
<html lang="en">
<title>Answers</title>
<link rel="icon" href="/static/favicon.svg">
<link rel="stylesheet" href="/static/chat/css/answer.css">
<script type="module" src="/harness.js"></script>
<main></main>
"""
# `hit` is what every hostile text tries to call. A frame here is one drawn by the browser.
_HARNESS = """
import { MessageBody } from "/static/chat/js/message_body.js";
globalThis.hits = [];
globalThis.hit = (what = "?") => hits.push(String(what));
globalThis.frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
globalThis.newBody = () => {
  const element = document.createElement("article");
  document.querySelector("main").append(element);
  return new MessageBody(element);
};
globalThis.answer = async (text) => {
  const body = newBody();
  body.text = text;
  body.finish();
  return body;
};
document.body.dataset.ready = "true";
"""


def _app() -> Flask:
    app = Flask("rendering", static_folder=None)
    app.register_blueprint(static.blueprint)
    headers.init_app(app)
    app.add_url_rule("/", "page", lambda: Response(_PAGE, mimetype="text/html"))
    app.add_url_rule("/harness.js", "harness", lambda: Response(_HARNESS, mimetype="text/javascript"))
    return app


@contextmanager
def serving() -> Generator[str]:
    """The page's address, until the block ends."""
    server = make_server("127.0.0.1", 0, _app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def answers_page(browser: Browser, url: str) -> Generator[Page]:
    """The open page; it fails on any console error, script error or policy violation."""
    with clean_page(browser) as page:
        page.goto(url)
        page.wait_for_selector("body[data-ready]", state="attached")
        yield page
