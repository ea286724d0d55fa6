"""Hands in a real browser: keys, the command palette, acts on many articles with undo, saved searches, watching."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from analysis.models import Entity
from articles.models import Article
from reports.models import Report, SavedSearch, Watch
from reports.services import create_report
from tests.browser.conftest import sign_in
from tests.factories import make_ready_article

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def articles(transactional_db: None, analyst: User) -> list[Article]:
    return [
        make_ready_article(f"Amazon opened office {number} in Chad.", title=f"Office {number}", by=analyst)
        for number in range(4)
    ]


def state(tab: Page, article: Article) -> str:
    return tab.locator(f"#hands-{article.pk}").inner_text()


def palette(tab: Page, words: str) -> None:
    tab.keyboard.press("Control+k")
    expect(tab.locator("#palette")).to_be_visible()
    tab.keyboard.type(words)


def test_palette_goes_to_pages_and_entities_with_arrow_keys(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    palette(tab, "submit")
    box = tab.get_by_role("combobox", name="Command, page or name")
    expect(box).to_have_attribute("aria-activedescendant", "palette-0")
    expect(tab.get_by_role("option", selected=True)).to_contain_text("Submit")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile("/articles/submit/$"))
    palette(tab, "Chad")
    expect(tab.get_by_role("group", name="Entities").get_by_role("option")).to_have_count(1)
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowUp")
    tab.get_by_role("group", name="Entities").get_by_role("option").click()
    expect(tab).to_have_url(re.compile(r"/entities/\d+/$"))
    palette(tab, "zzzz nothing")
    expect(tab.get_by_role("option", selected=True)).to_contain_text("Articles with “zzzz nothing”")
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette")).to_be_hidden()


def test_help_is_written_from_the_keys_that_work(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.keyboard.press("?")
    keys = tab.locator("#keys-help dt:not(.keys-group)").all_inner_texts()
    shown = tab.evaluate(
        "desk.actions.filter((one) => one.keys).map((one) => one.keys.split(' ').map(desk.shown).join(' '))"
    )
    assert sorted(" ".join(key.split()) for key in keys) == sorted(shown)
    for key in ("j", "x", "Shift X", "* a", "s", "a", "l", "r", "u", "g d", "g w", "Ctrl K"):
        assert key in shown


def test_a_range_is_marked_done_and_undone_by_keys(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    for key in ("j", "x", "j", "j", "Shift+X"):
        tab.keyboard.press(key)
    expect(tab.locator("[data-picked]")).to_have_text("3 selected")
    tab.keyboard.press("s")
    expect(tab.get_by_role("option")).to_have_count(4)
    tab.keyboard.type("done")
    tab.keyboard.press("Enter")
    expect(tab.locator(".toast")).to_contain_text("Set to “Done”: 3 articles.")
    expect(tab.locator(".badge-done")).to_have_count(3)
    assert Article.objects.filter(work_state="done").count() == 3
    expect(tab.locator("[data-pick]:checked")).to_have_count(3)
    tab.keyboard.press("u")
    expect(tab.locator(".toast")).to_contain_text("Undone: 3 articles.")
    expect(tab.locator(".badge-done")).to_have_count(0)
    assert Article.objects.filter(work_state="new").count() == 4


def test_the_current_row_is_taken_by_its_reader(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.keyboard.press("j")
    tab.keyboard.press("a")
    expect(tab.locator(".is-current [data-part=assignee]")).to_contain_text("analyst")
    expect(tab.locator(".toast")).to_contain_text("Assigned to")
    assert Article.objects.filter(assignee__username="analyst").count() == 1


def test_labels_by_the_bar_and_by_keys(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.locator("[data-pick-all]").check()
    tab.locator("summary", has_text="Label").click()
    tab.locator("#bulk-label").fill("energy")
    tab.keyboard.press("Enter")
    expect(tab.locator(".badge-label")).to_have_count(4)
    expect(tab.locator(".toast")).to_contain_text("Labeled “energy”: 4 articles.")
    tab.keyboard.press("l")
    expect(tab.get_by_role("option", name="energy", exact=True)).to_be_visible()
    tab.keyboard.type("second look")
    tab.keyboard.press("Enter")
    expect(tab.locator(".badge-label", has_text="second look")).to_have_count(4)
    expect(tab.locator(".toast")).to_contain_text("Labeled “second look”")


def test_withdrawing_keeps_the_rows_in_place_and_comes_back(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.locator("[data-pick]").first.check()
    tab.get_by_role("button", name="Withdraw").click()
    expect(tab.locator("[data-part=withdrawn]")).to_have_count(1)
    expect(tab.locator(".toast")).to_contain_text("Withdrawn: 1 article.")
    tab.locator(".toast [data-undo]").click()
    expect(tab.locator(".toast")).to_contain_text("Undone")
    expect(tab.locator("[data-part=withdrawn]")).to_have_count(0)
    assert Article.objects.present().count() == 4


def test_all_that_is_found_by_a_search(tab: Page, analyst: User, transactional_db: None) -> None:
    for number in range(33):
        make_ready_article(f"Amazon opened office {number} in Chad.", title=f"Office {number}", by=analyst)
    tab.goto("/articles/?q=office")
    tab.keyboard.type("*a")
    tab.get_by_role("button", name="Select all 33 found").click()
    expect(tab.locator("[data-picked]")).to_have_text("All 33 selected")
    tab.keyboard.press("s")
    tab.keyboard.type("important")
    tab.keyboard.press("Enter")
    expect(tab.locator(".toast")).to_contain_text("33 articles")
    assert Article.objects.filter(work_state="important").count() == 33


def test_articles_go_into_a_report_and_out_again(tab: Page, articles: list[Article], analyst: User) -> None:
    report = create_report("Weekly", articles=[], by=analyst)
    tab.goto("/articles/")
    tab.locator("[data-pick]").nth(1).check()
    tab.keyboard.press("r")
    tab.get_by_role("option", name="Weekly").click()
    expect(tab.locator(".toast")).to_contain_text("1 article added to “Weekly”.")
    assert report.items.count() == 1
    tab.keyboard.press("u")
    expect(tab.locator(".toast")).to_contain_text("taken out again")
    assert Report.objects.get().items.count() == 0


def test_a_refused_act_is_rolled_back_with_a_message(
    chromium: Browser, live_server: LiveServer, analyst: User, articles: list[Article]
) -> None:
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto("/articles/")

    def fail(route: Route) -> None:
        route.fulfill(status=500, body="")

    page.route("**/articles/bulk/**", fail)
    page.locator("[data-pick]").first.check()
    page.keyboard.press("a")
    expect(page.locator(".toast-bad")).to_contain_text("nothing was changed")
    expect(page.locator("[data-part=assignee]")).to_have_count(0)
    context.close()


def test_place_and_row_are_kept_on_the_way_back(tab: Page, analyst: User, transactional_db: None) -> None:
    for number in range(25):
        make_ready_article(f"Amazon opened office {number} in Chad.", title=f"Office {number}", by=analyst)
    tab.goto("/articles/")
    tab.locator("[data-row]").nth(20).scroll_into_view_if_needed()
    top = tab.evaluate("scrollY")
    title = tab.locator(".result-title").nth(20).inner_text()
    tab.locator(".result-title").nth(20).click()
    expect(tab.locator("h1")).to_have_text(title)
    tab.go_back()
    expect(tab.locator(".is-current .result-title")).to_have_text(title)
    expect(tab.locator(".is-current .result-title")).to_be_focused()
    assert abs(tab.evaluate("scrollY") - top) < 4


def test_a_search_is_saved_opened_from_the_rail_and_deleted_with_undo(
    tab: Page, articles: list[Article]
) -> None:
    tab.goto("/articles/?q=chad")
    tab.locator("summary", has_text="Save").click()
    tab.locator("#save-name").fill("Chad news")
    tab.keyboard.press("Enter")
    expect(tab.locator(".notes")).to_contain_text("Saved as “Chad news”")
    tab.locator(".rail-saved", has_text="Chad news").click()
    expect(tab).to_have_url(re.compile(r"/articles/\?q=chad$"))
    tab.keyboard.press("g")
    tab.keyboard.press("q")
    tab.get_by_role("button", name="Delete Chad news").click()
    expect(tab.locator(".notes")).to_contain_text("Deleted “Chad news”")
    tab.keyboard.press("u")
    expect(tab.locator(".notes")).to_contain_text("is back")
    assert SavedSearch.objects.get().name == "Chad news"


def test_an_entity_is_watched_from_its_page(tab: Page, articles: list[Article], analyst: User) -> None:
    chad = Entity.objects.get(key="country:TD")
    tab.goto(chad.get_absolute_url())
    button = tab.locator(".watch-place button")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert Watch.objects.filter(user=analyst, entity=chad).exists()
    tab.goto("/watch/")
    expect(tab.locator(".watch-grid")).to_contain_text("Chad")


def test_acts_without_javascript(
    chromium: Browser, live_server: LiveServer, analyst: User, articles: list[Article]
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto("/articles/?q=chad")
    page.locator("[name=ids]").first.check()
    page.locator("summary", has_text="State").click()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator(".notes")).to_contain_text("Set to “Done”: 1 article.")
    assert Article.objects.filter(work_state="done").count() == 1
    page.locator(".notes").get_by_role("button", name="Undo").click()
    expect(page.locator(".notes")).to_contain_text("Undone")
    assert not Article.objects.filter(work_state="done").exists()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_these_pages_fit_and_pass_the_accessibility_check(
    chromium: Browser,
    live_server: LiveServer,
    analyst: User,
    articles: list[Article],
    width: int,
    scheme: str,
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=live_server.url,
        bypass_csp=True,
    )
    page = context.new_page()
    sign_in(page, live_server, analyst)
    SavedSearch.objects.create(owner=analyst, name="Chad " * 12, query="q=chad")
    wrong = []
    for address in ("/watch/", "/saved/", "/articles/", "/design/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if address == "/watch/":
            page.get_by_role("button", name="Watch Chad").click()
        if address == "/articles/":
            page.locator("[data-pick]").first.check()
            page.keyboard.press("Control+k")
            expect(page.get_by_role("option").first).to_be_visible()
        page.add_script_tag(content=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        wrong += [
            (address, one["id"], one["nodes"][0]["target"])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((address, "overflow", width))
    context.close()
    assert wrong == []
