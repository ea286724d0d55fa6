"""Everybody arranges their own dashboard; what is stored is never trusted."""

import pytest
from django.test import Client
from django.urls import reverse

from analysis.services import arrange_widgets, arrangement
from analysis.services.arranging import OWN
from articles.models import Profile
from tests.factories import make_ready_article

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = list(OWN)[:3]


def shown(user):
    return [widget.key for widget in arrangement(Profile.objects.get(user=user).dashboard).shown]


@pytest.mark.parametrize(
    "stored", [None, [], {"order": 3}, {"order": ["x", 4, None], "hidden": "x"}, {"order": [FIRST, FIRST]}]
)
def test_rubbish_becomes_the_usual_dashboard(stored):
    assert [widget.key for widget in arrangement(stored).shown] == list(OWN)


def test_moving_hiding_showing_and_going_back(analyst):
    arrange_widgets(analyst, do="move", keys=[FIRST], by=1)
    assert shown(analyst)[:2] == [SECOND, FIRST]
    arrange_widgets(analyst, do="move", keys=[SECOND], by=-1)
    assert shown(analyst)[0] == SECOND
    now = arrange_widgets(analyst, do="hide", keys=[SECOND])
    assert SECOND not in shown(analyst)
    assert [widget.key for widget in now.hidden] == [SECOND]
    arrange_widgets(analyst, do="show", keys=[SECOND])
    assert shown(analyst)[0] == SECOND
    arrange_widgets(analyst, do="reset", keys=[])
    assert shown(analyst) == list(OWN)


def test_order_keeps_what_it_does_not_name(analyst):
    arrange_widgets(analyst, do="order", keys=[THIRD, FIRST])
    assert shown(analyst)[:3] == [THIRD, FIRST, SECOND]
    assert sorted(shown(analyst)) == sorted(OWN)


def test_saved_searches_come_and_go(analyst):
    arrange_widgets(analyst, do="show", keys=["saved-12"])
    assert shown(analyst)[0] == "saved-12"
    assert arrangement({"order": ["saved-12"]}).shown[0].saved == 12
    arrange_widgets(analyst, do="hide", keys=["saved-12"])
    assert "saved-12" not in shown(analyst)


@pytest.mark.parametrize(("do", "keys"), [("burn", [FIRST]), ("move", ["nothing"]), ("show", ["saved-x"])])
def test_unknown_changes_are_refused(analyst, do, keys):
    with pytest.raises(ValueError, match="no such widget"):
        arrange_widgets(analyst, do=do, keys=keys)


def test_arranging_by_hand(page: Client, analyst):
    make_ready_article(by=analyst)
    address = reverse("analysis:dashboard_arrange")
    response = page.post(address, {"do": "move", "key": FIRST, "by": "1"})
    assert response["Location"] == f"/?arrange=1#widget-{FIRST}"
    html = page.get("/?arrange=1").content.decode()
    assert html.index(f'id="widget-{SECOND}"') < html.index(f'id="widget-{FIRST}"')
    assert f'aria-label="Hide {OWN[FIRST].title}"' in html
    assert page.post(address, {"do": "order", "key": [THIRD, FIRST]}).json() == {"arranged": True}
    assert page.post(address, {"do": "order", "key": ["nothing"]}).status_code == 400
    assert b"no such widget" in page.post(address, {"do": "burn", "key": FIRST}, follow=True).content


def test_an_arrangement_is_ones_own(client: Client, page: Client, analyst, colleague):
    page.post(reverse("analysis:dashboard_arrange"), {"do": "hide", "key": FIRST})
    Profile.objects.get_or_create(user=colleague)
    assert shown(colleague) == list(OWN)


def test_arranging_needs_a_person_and_a_post(client: Client, analyst):
    address = reverse("analysis:dashboard_arrange")
    assert client.post(address, {"do": "reset"})["Location"].startswith("/login/")
    client.force_login(analyst)
    assert client.get(address).status_code == 405
