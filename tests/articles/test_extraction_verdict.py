"""The verdict on synthetic walls, listings, error pages and articles in many shapes and languages."""

import pytest

from articles.extraction import Page, Verdict, extract
from tests.articles.nonarticles import STORY, Case, all_nonarticles, story_html

CASES = all_nonarticles()


def test_there_are_more_than_a_hundred_different_nonarticles() -> None:
    assert len({(case.page.body, case.page.status, case.page.requested_url) for case in CASES}) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nonarticle_is_refused_with_its_reason(case: Case) -> None:
    found = extract(case.page)
    assert found.verdict is Verdict.NOT_ARTICLE
    assert [doubt.code for doubt in found.doubts] == [case.code]
    assert found.doubts[0].reason.endswith(".")


@pytest.mark.parametrize("language", STORY)
@pytest.mark.parametrize("paragraphs", [2, 5, 12])
def test_story_is_an_article_in_every_language(language: str, paragraphs: int) -> None:
    found = extract(
        Page(url="https://news.example/2024/05/quay", body=story_html(language, paragraphs).encode())
    )
    assert found.verdict is Verdict.ARTICLE
    assert found.language == language


@pytest.mark.parametrize(
    "prompt",
    [
        "Subscribe to continue reading this story.",
        "Dieser Artikel ist nur für Abonnenten. Jetzt weiterlesen.",
        "Cet article est réservé aux abonnés.",
        "Suscríbete para seguir leyendo.",
        "この記事は会員限定です。",
    ],
)
def test_story_before_a_subscription_prompt_is_partial(prompt: str) -> None:
    html = story_html("en", 2, extra=f"<div class='wall'><p>{prompt}</p></div>")
    found = extract(Page(url="https://news.example/2024/05/quay", body=html.encode()))
    assert found.verdict is Verdict.PARTIAL
    assert [doubt.code for doubt in found.doubts] == ["paywall"]


def test_stated_paywall_with_short_text_is_partial() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>'
    found = extract(
        Page(url="https://news.example/2024/05/quay", body=story_html("en", 2, head=head).encode())
    )
    assert (found.verdict, found.is_paywalled) == (Verdict.PARTIAL, True)


def test_stated_paywall_with_the_whole_text_is_an_article() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
    html = story_html("en", 14, head=head).replace("The works cost", "In the end the works cost", 3)
    paragraphs = "".join(
        f"<p>Part {i} of the report on the quay tells what the {i}th crane moved in its first weeks there.</p>"
        for i in range(30)
    )
    found = extract(
        Page(
            url="https://news.example/2024/05/quay",
            body=html.replace("</article>", paragraphs + "</article>").encode(),
        )
    )
    assert (found.verdict, found.is_paywalled) == (Verdict.ARTICLE, True)


def test_article_about_cookies_and_robots_stays_an_article() -> None:
    body = "".join(
        f"<p>The regulator said on day {i} that cookies, consent banners and captchas annoy readers, and that"
        " access denied pages were common in its test.</p>"
        for i in range(9)
    )
    title = "Regulator studies consent banners"
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    assert (
        extract(Page(url="https://news.example/2024/05/banners", body=html.encode())).verdict
        is Verdict.ARTICLE
    )
