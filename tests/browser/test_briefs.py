"""The brief in a real browser: every sentence leads to its evidence and back, by mouse and by keys."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from analysis.models import Analysis
from articles.models import Article
from tests.browser.conftest import sign_in
from tests.browser.test_pages import AXE
from tests.factories import TEXT, make_ready_article

IMPACT = {
    "affected": "company:amazon",
    "affected_text": "Amazon",
    "effect": "legal",
    "direction": "harm",
    "cue": "x",
}
CLAIM = {
    "speaker": "",
    "speaker_text": "Officials",
    "verb": "said",
    "field": "body",
    "is_quote": False,
    "sentence": 3,
}


@pytest.fixture
def article(transactional_db: None, analyst: User) -> Article:
    article = make_ready_article(TEXT, title="Amazon goes to Chad", by=analyst)
    make_ready_article(f"{TEXT} Again.", title="Amazon in Chad", by=analyst)
    found: dict[str, Any] = {
        "takeaways": [{"text": "Nick Roy was there.", "sentences": [2]}],
        "impacts": [
            IMPACT | {"horizon": "short", "certainty": "alleged", "said_by": "Officials", "sentence": 3}
        ],
        "claims": [CLAIM | {"start": TEXT.index("Officials"), "end": len(TEXT)}],
    }
    Analysis.objects.filter(version=article.version).update(**found)
    return article


@pytest.mark.parametrize(
    ("shown", "evidence"),
    [
        (".takeaways .takeaway", "Nick Roy, a researcher at 38 North"),
        (".horizon .takeaway", "Officials in Chad said"),
        (".affected .takeaway", "Officials in Chad said"),
        (".statement .takeaway", "Officials in Chad said"),
    ],
)
def test_a_click_marks_the_evidence_and_leads_back(
    tab: Page, article: Article, shown: str, evidence: str
) -> None:
    tab.goto(article.get_absolute_url())
    link = tab.locator(shown).first
    link.click()
    marked = tab.locator(".text .s.is-marked")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text(evidence)
    expect(marked).to_be_in_viewport()
    expect(marked).to_be_focused()
    tab.get_by_role("button", name="Back to where you were").click()
    expect(link).to_be_focused()
    expect(tab.locator(".s.is-marked")).to_have_count(0)


def test_keys_lead_to_the_evidence_and_back(tab: Page, article: Article) -> None:
    tab.goto(article.get_absolute_url())
    link = tab.locator(".horizon .takeaway").first
    link.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(".text .s.is-marked")).to_be_focused()
    tab.evaluate("htmx.trigger(document.body, 'htmx:afterSwap')")  # another part of the page came in
    tab.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_cover_is_drawn_in_both_themes(tab: Page, article: Article) -> None:
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        tab.goto(article.get_absolute_url())
        picture = tab.locator(".cover img")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth") == 1200
        assert f"theme={scheme}" in picture.evaluate("image => image.currentSrc")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_brief_fits_and_passes_an_accessibility_check(
    chromium: Browser, live_server: LiveServer, analyst: User, article: Article, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=live_server.url,
        bypass_csp=True,
    )
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto(article.get_absolute_url())
    page.locator(".horizon .takeaway").first.click()
    page.add_script_tag(content=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [
        (one["id"], one["nodes"][0]["target"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert page.locator(".jump").is_visible() == (width == 390)
    context.close()


def test_without_javascript_a_sentence_is_an_anchor(
    chromium: Browser, live_server: LiveServer, analyst: User, article: Article
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto(article.get_absolute_url())
    page.locator(".horizon .takeaway").first.click()
    assert page.url.endswith("#s3")
    assert page.locator("#s3").evaluate("one => one.matches(':target')")
    context.close()
