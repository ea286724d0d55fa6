"""A real Chromium, signed in on a server of this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from evaluation.screens import find_chromium

PATIENCE = 30_000  # milliseconds to wait for what must come, on a busy machine

# As root in a container; drawn without a graphics processor, which is only pretended here and slow.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-extensions", "--disable-dev-shm-usage"]
CHROMIUM = find_chromium()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a Chromium on this machine these tests are skipped."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.long)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def sign_in(page: Page, server: LiveServer, user: User) -> None:
    """Put the session's cookie into the browser."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}]
    )


@pytest.fixture
def tab(chromium: Browser, live_server: LiveServer, analyst: User) -> Iterator[Page]:
    """A page signed in as the analyst; fails the test on any script error or message of the console."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    context.set_default_timeout(PATIENCE * 2)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(error.stack or str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    sign_in(page, live_server, analyst)
    yield page
    context.close()
    assert complaints == []
