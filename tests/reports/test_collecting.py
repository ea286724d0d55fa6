"""Chosen articles go into a report and come out again; the palette is told what there is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Action
from articles.services import bulk
from reports.models import Report
from reports.services import create_report, lock_report, note_item
from tests.factories import make_ready_article

HTMX = {"HX-Request": "true"}


def pair(by: User) -> list[int]:
    return [make_ready_article(f"Office {number} in Chad.", by=by).pk for number in range(2)]


def test_into_a_new_report_and_back(page: Client, analyst: User) -> None:
    ids = pair(analyst)
    answer = page.post("/reports/collect/", {"report": "", "title": "Chad", "ids": ids}, headers=HTMX)
    report = Report.objects.get()
    assert report.items.count() == 2
    assert "2 articles added to “Chad”." in answer.content.decode()
    assert report.get_absolute_url() in answer.content.decode()
    page.post(f"/reports/actions/{Action.objects.get().pk}/undo/")
    assert not Report.objects.exists()


def test_into_a_report_that_is_there_and_back_but_for_noted_ones(page: Client, analyst: User) -> None:
    first, second = pair(analyst)
    report = create_report("Kept", articles=[], by=analyst)
    page.post("/reports/collect/", {"report": report.pk, "ids": [first, second]})
    note_item(report.items.get(article=first), "Mind this one", by=analyst)
    body = page.post(f"/reports/actions/{Action.objects.get().pk}/undo/", follow=True).content.decode()
    assert "1 article taken out again. 1 article got a note since and stayed." in body
    assert list(report.items.values_list("article", flat=True)) == [first]


def test_all_that_a_search_finds(page: Client, analyst: User) -> None:
    pair(analyst)
    make_ready_article("Amazon elsewhere.", by=analyst)
    page.post("/reports/collect/?q=chad", {"report": "", "all": "1"})
    assert Report.objects.get().items.count() == 2


def test_what_is_in_it_already_makes_no_act(page: Client, analyst: User) -> None:
    ids = pair(analyst)
    page.post("/reports/collect/", {"report": "", "ids": ids})
    answer = page.post("/reports/collect/", {"report": Report.objects.get().pk, "ids": ids}, headers=HTMX)
    assert "in it already" in answer.content.decode()
    assert Action.objects.count() == 1


@pytest.mark.parametrize("given", [{"ids": ["x"]}, {}, {"report": "999", "ids": ["1"]}, {"ids": ["999"]}])
def test_what_cannot_be_collected(page: Client, given: dict[str, object]) -> None:
    assert page.post("/reports/collect/", given, headers=HTMX).status_code == 422
    assert not Report.objects.exists()


def test_a_final_report_takes_and_gives_nothing(page: Client, analyst: User) -> None:
    ids = pair(analyst)
    page.post("/reports/collect/", {"report": "", "ids": ids[:1]})
    report = Report.objects.get()
    lock_report(report, by=analyst)
    assert page.post("/reports/collect/", {"report": report.pk, "ids": ids}, headers=HTMX).status_code == 422
    answer = page.post(f"/reports/actions/{Action.objects.get().pk}/undo/", headers=HTMX)
    assert "final by now" in answer.content.decode()
    assert report.items.count() == 1


def test_strangers_and_wrong_methods(client: Client, analyst: User, contributor: User) -> None:
    assert client.post("/reports/collect/").status_code == 302
    client.force_login(contributor)
    assert client.post("/reports/collect/").status_code == 403
    assert client.post("/reports/actions/1/undo/", headers=HTMX).status_code == 422
    client.force_login(analyst)
    assert client.get("/reports/collect/").status_code == 405
    assert client.get("/reports/actions/1/undo/").status_code == 405


def test_the_palette_offers_what_the_person_may_use(client: Client, analyst: User, contributor: User) -> None:
    (one, _) = pair(analyst)
    create_report("Open one", articles=[], by=analyst)
    bulk.add_label([one], "energy", by=analyst)
    client.force_login(analyst)
    offered = client.get("/palette/").json()
    assert [title for _, title in offered["reports"]] == ["Open one"]
    assert offered["labels"] == ["energy"]
    assert ["done", "Done"] in offered["states"]
    client.force_login(contributor)
    offered = client.get("/palette/").json()
    assert offered == {"saved": [], "reports": [], "labels": [], "people": [], "states": []}
