"""Acts on several articles: what they change, how they are taken back, who may, and what they cost."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analysis.models import Rerun
from articles.models import Action, Article, Audit
from articles.services import bulk, set_work_state, withdraw_article
from tests.factories import make_article, make_ready_article

ADDRESS = "/articles/bulk/"


def three(by: User) -> list[Article]:
    return [make_ready_article(f"Amazon opened office {number} in Chad.", by=by) for number in range(3)]


def ids_of(articles: list[Article]) -> list[int]:
    return [article.pk for article in articles]


def test_states_are_set_and_taken_back_where_nobody_changed_them_since(
    analyst: User, colleague: User
) -> None:
    one, two, three_ = three(analyst)
    set_work_state(one, "important", by=colleague)
    action = bulk.set_states(ids_of([one, two, three_]), "done", by=analyst)
    assert action is not None
    assert action.before == {str(one.pk): "important", str(two.pk): "new", str(three_.pk): "new"}
    set_work_state(two, "in_review", by=colleague)
    undone = bulk.undo_action(action.pk, by=analyst)
    assert (undone.restored, undone.kept) == ((one.pk, three_.pk), 1)
    states = dict(Article.objects.values_list("pk", "work_state"))
    assert states == {one.pk: "important", two.pk: "in_review", three_.pk: "new"}
    assert Audit.objects.filter(verb="set state (several)").count() == 3
    assert Audit.objects.filter(verb="undo set state").count() == 2
    with pytest.raises(bulk.NothingToUndo):
        bulk.undo_action(action.pk, by=analyst)


def test_nothing_is_remembered_when_nothing_changes(analyst: User) -> None:
    (one, *_) = three(analyst)
    assert bulk.set_states([one.pk], "new", by=analyst) is None
    assert bulk.remove_label([one.pk], "energy", by=analyst) is None
    assert not Action.objects.exists()


def test_assigning_and_back_to_whoever_had_it(analyst: User, colleague: User) -> None:
    one, two, _ = three(analyst)
    Article.objects.filter(pk=one.pk).update(assignee=colleague)
    action = bulk.assign_many([one.pk, two.pk], analyst, by=analyst)
    assert action is not None
    assert set(Article.objects.filter(assignee=analyst)) == {one, two}
    bulk.undo_action(action.pk, by=analyst)
    assert dict(Article.objects.filter(pk__in=[one.pk, two.pk]).values_list("pk", "assignee")) == {
        one.pk: colleague.pk,
        two.pk: None,
    }


def test_assigning_to_nobody_is_taken_back_too(analyst: User, colleague: User) -> None:
    (one, *_) = three(analyst)
    Article.objects.filter(pk=one.pk).update(assignee=colleague)
    action = bulk.assign_many([one.pk], None, by=analyst)
    assert action is not None
    bulk.undo_action(action.pk, by=analyst)
    one.refresh_from_db()
    assert one.assignee == colleague


def test_labels_come_and_go_and_others_stay(analyst: User) -> None:
    one, two, _ = three(analyst)
    bulk.add_label([one.pk], "energy", by=analyst)
    action = bulk.add_label([one.pk, two.pk], "  quick   look ", by=analyst)
    assert action is not None
    assert action.before == {str(one.pk): ["energy"], str(two.pk): []}
    bulk.add_label([two.pk], "later", by=analyst)
    bulk.undo_action(action.pk, by=analyst)
    assert dict(Article.objects.filter(pk__in=[one.pk, two.pk]).values_list("pk", "labels")) == {
        one.pk: ["energy"],
        two.pk: ["later"],
    }
    off = bulk.remove_label([one.pk, two.pk], "energy", by=analyst)
    assert off is not None
    assert list(off.before) == [str(one.pk)]
    bulk.undo_action(off.pk, by=analyst)
    one.refresh_from_db()
    assert one.labels == ["energy"]


@pytest.mark.parametrize("word", ["", "   ", "x" * 61, "a\x07b"])
def test_what_is_no_label_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        bulk.clean_label(word)


def test_withdrawal_is_taken_back_only_where_it_is_the_same(analyst: User, colleague: User) -> None:
    one, two, gone = three(analyst)
    withdraw_article(gone, by=colleague)
    action = bulk.withdraw_many(ids_of([one, two, gone]), by=analyst)
    assert action is not None
    assert set(action.before) == {str(one.pk), str(two.pk)}
    assert Article.objects.present().count() == 0
    bulk.undo_action(action.pk, by=analyst)
    assert set(Article.objects.present()) == {one, two}


def test_an_act_reaches_only_what_its_author_may_see(analyst: User, contributor: User) -> None:
    hidden, own = make_ready_article(by=analyst), make_ready_article("Chad again, by Amazon.", by=contributor)
    action = bulk.add_label([hidden.pk, own.pk], "mine", by=contributor)
    assert action is not None
    assert list(action.before) == [str(own.pk)]


def test_somebody_elses_act_cannot_be_undone(analyst: User, colleague: User) -> None:
    action = bulk.set_states(ids_of(three(analyst)), "done", by=analyst)
    assert action is not None
    with pytest.raises(bulk.NothingToUndo):
        bulk.undo_action(action.pk, by=colleague)
    assert Article.objects.filter(work_state="done").count() == 3


def statements(act: object, size: int, by: User) -> int:
    articles = [make_article(f"Text {size} {number} about nothing much.", by=by) for number in range(size)]
    with CaptureQueriesContext(
        connection,
    ) as few:
        act(ids_of(articles))  # type: ignore[operator]
    return len(few)


def test_an_act_costs_the_same_for_two_and_for_twenty(analyst: User) -> None:
    def act(ids: list[int]) -> None:
        for action in (
            bulk.set_states(ids, "done", by=analyst),
            bulk.assign_many(ids, analyst, by=analyst),
            bulk.add_label(ids, "energy", by=analyst),
            bulk.withdraw_many(ids, by=analyst),
        ):
            assert action is not None
            bulk.undo_action(action.pk, by=analyst)

    statements(act, 1, analyst)  # asks what is remembered: permissions, the label
    assert statements(act, 2, analyst) == statements(act, 20, analyst)


# --- the page ------------------------------------------------------------------------------------------


def test_ticked_articles_are_changed_and_the_message_leads_back(page: Client, analyst: User) -> None:
    one, two, _ = three(analyst)
    answer = page.post(
        ADDRESS, {"act": "state:important", "ids": [one.pk, two.pk], "next": "/articles/?q=Chad"}, follow=True
    )
    assert answer.redirect_chain == [("/articles/?q=Chad", 302)]
    assert Article.objects.filter(work_state="important").count() == 2
    action = Action.objects.get()
    assert f'action="/actions/{action.pk}/undo/"' in answer.content.decode()
    page.post(f"/actions/{action.pk}/undo/")
    assert Article.objects.filter(work_state="new").count() == 3


def test_htmx_gets_a_toast_and_the_rows_it_shows(page: Client, analyst: User) -> None:
    one, two, other = three(analyst)
    answer = page.post(
        ADDRESS,
        {"act": "label:energy", "ids": [one.pk, two.pk], "shown": [one.pk, other.pk]},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "Labeled “energy”: 2 articles." in answer
    assert f'id="hands-{one.pk}"' in answer
    assert f'id="hands-{two.pk}"' not in answer
    assert f'id="hands-{other.pk}"' not in answer


def test_all_that_the_search_finds(page: Client, analyst: User) -> None:
    three(analyst)
    make_ready_article("Nothing about that place. Amazon only.", by=analyst)
    page.post(f"{ADDRESS}?q=chad", {"act": "state:done", "all": "1"})
    assert Article.objects.filter(work_state="done").count() == 3


def test_a_long_list_is_cut_and_says_so(page: Client, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LIMIT", 2)
    three(analyst)
    answer = page.post(f"{ADDRESS}?q=chad", {"act": "state:done", "all": "1"}, headers={"HX-Request": "true"})
    assert "Only the first 2 of the list" in answer.content.decode()
    assert Article.objects.filter(work_state="done").count() == 2


def test_a_search_with_a_mistake_changes_nothing(page: Client, analyst: User) -> None:
    three(analyst)
    page.post(f"{ADDRESS}?q=contry:TD", {"act": "state:done", "all": "1"})
    assert not Article.objects.filter(work_state="done").exists()


@pytest.mark.parametrize(
    "act", ["", "state:never", "assign:99999", "assign:x", "label:", "explode", "label:" + "x" * 61]
)
def test_what_cannot_be_done_is_said(page: Client, analyst: User, act: str) -> None:
    (one, *_) = three(analyst)
    answer = page.post(ADDRESS, {"act": act, "ids": [one.pk]}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "toast-bad" in answer.content.decode()
    assert not Action.objects.exists()


def test_numbers_that_are_none_are_refused(page: Client) -> None:
    answer = page.post(ADDRESS, {"act": "state:done", "ids": ["1; drop"]}, headers={"HX-Request": "true"})
    assert answer.status_code == 422


def test_analyzing_again_and_stopping_it(page: Client, analyst: User) -> None:
    articles = three(analyst)
    page.post(ADDRESS, {"act": "rerun", "ids": ids_of(articles)})
    rerun = Rerun.objects.get()
    assert sorted(rerun.article_ids) == sorted(ids_of(articles))
    page.post(f"/actions/{Action.objects.get().pk}/undo/")
    rerun.refresh_from_db()
    assert rerun.is_paused


def test_the_latest_act_is_found_without_its_number(page: Client, analyst: User) -> None:
    (one, *_) = three(analyst)
    assert page.post("/actions/undo/", headers={"HX-Request": "true"}).status_code == 422
    page.post(ADDRESS, {"act": "state:done", "ids": [one.pk]})
    answer = page.post("/actions/undo/")
    assert (answer.status_code, answer["Location"]) == (307, f"/actions/{Action.objects.get().pk}/undo/")


@pytest.mark.parametrize("address", [ADDRESS, "/actions/undo/", "/actions/1/undo/"])
def test_acts_are_posted_by_people_who_are_signed_in(client: Client, analyst: User, address: str) -> None:
    assert client.post(address).status_code == 302
    client.force_login(analyst)
    assert client.get(address).status_code == 405


def test_contributors_do_not_act_on_many(client: Client, contributor: User) -> None:
    own = make_ready_article(by=contributor)
    client.force_login(contributor)
    assert client.post(ADDRESS, {"act": "withdraw", "ids": [own.pk]}).status_code == 403
