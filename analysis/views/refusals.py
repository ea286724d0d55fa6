"""A decision that a service refuses is answered with its sentence on the page it came from, not with an error page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from analysis.services import JudgmentRefused


def says_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the reason of a JudgmentRefused and go back to where the person came from."""

    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except JudgmentRefused as refused:
            messages.error(request, refused.reason)
        target = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return redirect(target if is_ours else "analysis:dashboard")

    return answered
