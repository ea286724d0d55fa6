"""Servers that tests of analysis may ask for."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.analysis.writer_endpoint import FLAGGED, GOOD, INVENTED, KEY, Endpoint, answers


@pytest.fixture
def served(settings) -> Iterator[str]:
    """A writer on this machine, in the settings."""
    Endpoint.asked = []
    answers(GOOD, FLAGGED, INVENTED)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.handle_error = lambda *_: None  # a client that hangs up is what some tests are about
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    settings.WRITER_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.WRITER_MODEL, settings.WRITER_API_KEY, settings.WRITER_SECONDS = "small-model", KEY, 30
    yield settings.WRITER_URL
    server.shutdown()
    server.server_close()
    thread.join()
