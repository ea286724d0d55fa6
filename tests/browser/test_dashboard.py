"""The dashboard in a real browser: charts under the strict policy, map clicks, switching, arranging, no script."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from analysis.models import Entity
from analysis.services import recount_days
from tests.browser.conftest import sign_in
from tests.factories import analyze_as, make_article

NAMED = (
    ("Chad", "country", "country:TD"),
    ("Amazon", "company", "company:amazon"),
    ("Nick Roy", "researcher", "person:x-nick-roy"),
)


@pytest.fixture
def told(transactional_db: None, analyst: User) -> Entity:
    """A few articles over some days; Chad is in the newest three."""
    for number in range(6):
        day = (timezone.now() - timedelta(days=0 if number < 3 else number)).date()
        named = NAMED if number < 3 else NAMED[1:]
        words = ", ".join(name for name, _, _ in named)
        article = make_article(
            f"{words} number {number}.", title=f"News {number}", by=analyst, published_on=str(day)
        )
        analyze_as(article, named)
    recount_days()
    return Entity.objects.get(key="country:TD")


def drawn(tab: Page, name: str) -> None:
    """Wait until a chart is on its canvas."""
    tab.locator(f"[data-chart={name}]").scroll_into_view_if_needed()
    expect(tab.locator(f"[data-chart={name}].is-drawn canvas").first).to_be_visible(timeout=60_000)


def test_charts_are_drawn_from_their_tables_under_the_strict_policy(tab: Page, told: Entity) -> None:
    tab.goto("/?days=30")
    drawn(tab, "volume")
    drawn(tab, "map")
    box = tab.locator("#widget-volume [data-chart-table]")
    expect(box.locator("table")).to_be_hidden()
    box.locator("summary").click()
    expect(box.locator("tbody tr:not([hidden])").first).to_contain_text("1")
    expect(tab.locator(".rising-row", has_text="Chad")).to_contain_text("×4.0")


def test_the_network_is_asked_for_and_drawn_when_it_is_looked_at(
    tab: Page, told: Entity, analyst: User
) -> None:
    for number in range(4):  # where everybody stands with everybody, no pair says more than chance
        alone = make_article(f"Nick Roy, part {number}.", title=f"More {number}", by=analyst)
        analyze_as(alone, NAMED[2:])
    tab.goto("/?days=30")
    tab.locator("#widget-network").scroll_into_view_if_needed()
    drawn(tab, "network")
    expect(tab.locator("#network-table")).to_contain_text("Chad")


def test_a_click_on_the_map_filters_the_articles(tab: Page, told: Entity) -> None:
    tab.goto("/?days=30")
    drawn(tab, "map")
    place = tab.evaluate(
        """() => { const box = document.querySelector('[data-chart=map]');
        const [x, y] = echarts.getInstanceByDom(box).convertToPixel({seriesIndex: 0}, [18.7, 15.4]);
        const at = box.getBoundingClientRect(); return [at.left + x, at.top + y]; }"""
    )
    tab.mouse.click(*place)
    tab.wait_for_url("**/articles/**")
    assert f"tag={told.pk}" in tab.url
    expect(tab.locator("[data-row]")).to_have_count(3)


def test_switching_to_stories(tab: Page, told: Entity) -> None:
    tab.goto("/?days=30")
    tab.get_by_role("link", name="Stories", exact=True).click()
    expect(tab.locator("[data-chart=volume]")).to_have_attribute("data-measure", "stories")
    assert "days=30" in tab.url


def order(tab: Page) -> list[str]:
    return tab.eval_on_selector_all("[data-widget]", "all => all.map(one => one.dataset.widget)")


def test_arranging_by_keyboard_and_by_dragging(tab: Page, told: Entity) -> None:
    tab.goto("/?days=30&arrange=1")
    first, second, third = order(tab)[:3]
    tab.get_by_role("button", name="Move Volume later").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("[data-widget]").first).to_have_attribute("data-widget", second)
    tab.locator(f"[data-widget={third}] .panel-head").drag_to(
        tab.locator(f"[data-widget={second}] .panel-head"), target_position={"x": 4, "y": 10}
    )
    expect(tab.locator(".dash")).to_have_attribute("data-kept", "yes")
    tab.goto("/")
    assert order(tab)[:3] == [third, second, first]


def test_without_javascript_the_tables_stand_open(
    chromium: Browser, live_server: LiveServer, analyst: User, told: Entity
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto("/?days=30")
    expect(page.locator("#map-table")).to_be_visible()
    page.locator("#map-table").get_by_role("link", name="Chad").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    page.goto("/")
    page.get_by_role("link", name="Show the pairs").click()
    expect(page.locator("h1")).to_have_text("Named together")
    context.close()


def test_entity_page_draws_timeline_and_map(tab: Page, told: Entity) -> None:
    tab.goto(Entity.objects.get(key="company:amazon").get_absolute_url())
    drawn(tab, "volume")
    drawn(tab, "map")
