"""Whatever is found and whatever is judged, in whatever order: people outrank machines, and undoing is exact."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.models import Tag
from analysis.services import judge_tag, undo_judgment
from tests.analysis.test_services_judgments import picture
from tests.factories import analyze_as, make_article

pytestmark = pytest.mark.django_db
NAMES = ("Amazon", "Chad", "Nick Roy", "Officials", "office")
FOUND = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(("company", "country", "person", "researcher", "place")),
        st.sampled_from(("company:amazon", "country:TD", "person:x-nick-roy", "place:x-one", "")),
    ),
    unique_by=lambda found: found[0],
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=FOUND, later=st.lists(FOUND, max_size=3), decisions=st.data())
def test_rejected_tag_stays_rejected_and_undo_is_exact(analyst, first, later, decisions):
    """Any findings, any judgments, any later runs: no rejected tag returns, and taking all back leaves no trace."""
    with transaction.atomic():
        article = make_article(named=first)
        before = picture(article)
        judgments, rejected = [], set()
        for _ in range(decisions.draw(st.integers(0, 3))):
            tags = list(Tag.objects.filter(article=article).order_by("pk"))
            if not tags:
                break
            tag = decisions.draw(st.sampled_from(tags))
            judgments.append(judge_tag(tag, decision="reject", scope="article", by=analyst))
            rejected.add(tag.entity_id)
        for found in later:
            analyze_as(article, found)
            assert not rejected & set(article.entity_ids)
        analyze_as(article, first)
        for judgment in judgments:
            undo_judgment(judgment, by=analyst)
        kept = ("tags", "ids", "search")
        assert {name: picture(article)[name] for name in kept} == {name: before[name] for name in kept}
        transaction.set_rollback(True)
