"""The page that says how far the tags can be relied on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.search.quality import judged_quality, measured_quality


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Measured figures on gold data beside the analysts' own judgments."""
    judged = judged_quality()
    context = {
        "measured": measured_quality(),
        "judged": judged,
        "has_judgments": any(lines for _, lines in judged),
        "nav": "quality",
    }
    return render(request, "analysis/quality.html", context)
