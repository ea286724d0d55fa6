"""What articles find and say about one entity, each with its sentence: a fragment of its page, or a page."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analysis.models import Entity, Kind
from analysis.search.typed import TypedFilters, find_findings, find_relations, find_statements, with_words
from analysis.views.entities import visible_entities

SHOWN = 5  # of each
EXPOSED = 40  # companies of a country


@require_safe
def entity_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest findings, relations and statements; for a country the companies tied to it by a sentence."""
    entity = get_object_or_404(visible_entities(request).current(), pk=pk)
    filters, user = TypedFilters(entity=entity), request.user
    said = find_statements(TypedFilters(), user).filter(Q(speaker=entity) | Q(about__contains=[entity.pk]))
    context = {
        "entity": entity,
        "findings": with_words(find_findings(filters, user))[:SHOWN],
        "relations": with_words(find_relations(filters, user).select_related("subject", "object"))[:SHOWN],
        "said": with_words(said.select_related("speaker"))[:SHOWN],
        "exposed": exposed_to(entity, request) if entity.kind == Kind.COUNTRY else [],
        "nav": "entities",
    }
    name = "_entity_findings" if request.headers.get("HX-Request") else "entity_findings"
    return render(request, f"analysis/{name}.html", context)


def exposed_to(country: Entity, request: HttpRequest) -> list[tuple[Entity, int]]:
    """Companies that a typed relation ties to the country, by the number of articles that say so."""
    relations = find_relations(TypedFilters(other=country), request.user).filter(
        Q(object=country, subject__kind=Kind.COMPANY) | Q(subject=country, object__kind=Kind.COMPANY)
    )
    counted: dict[int, int] = {}
    for side in ("subject", "object"):
        rows = relations.filter(**{f"{side}__kind": Kind.COMPANY}).order_by().values(side)
        for pk, number in rows.annotate(n=Count("article", distinct=True)).values_list(side, "n"):
            counted[pk] = max(counted.get(pk, 0), number)
    first = sorted(counted, key=lambda pk: (-counted[pk], pk))[:EXPOSED]
    entities = Entity.objects.in_bulk(first)
    return [(entities[pk], counted[pk]) for pk in first if pk in entities]
