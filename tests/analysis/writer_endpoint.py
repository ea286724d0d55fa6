"""A writer's endpoint on this machine for tests, and the way of a draft through the worker."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from django.contrib.auth.models import User

from analysis import tasks
from analysis.models import Draft
from analysis.services.drafts import ask_draft
from articles.models import Article

KEY = "sk-very-secret"
GOOD = {"text": "Amazon opened an office in Chad.", "cites": [0]}
FLAGGED = {"text": "Amazon hired Nick Roy, a researcher.", "cites": [1]}
INVENTED = {"text": "Amazon would hire 999 people in Chad.", "cites": [2]}


def completion(*rows: dict[str, Any]) -> bytes:
    content = json.dumps({"sentences": list(rows)})
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


class Endpoint(BaseHTTPRequestHandler):
    """Answers as `act` says and keeps what it was asked."""

    act: Callable[["Endpoint"], None]
    asked: list[tuple[str, dict[str, str], Any]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, dict(self.headers), json.loads(body)))
        type(self).act(self)

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers), None))
        self.send(completion(GOOD))

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def answers(*rows: dict[str, Any]) -> None:
    Endpoint.act = lambda self: self.send(completion(*rows))


def drafted(article: Article, by: User) -> Draft:
    """Ask, and let the worker do its part."""
    draft = ask_draft(article, by=by)
    tasks.write_draft(draft.pk)
    draft.refresh_from_db()
    return draft
