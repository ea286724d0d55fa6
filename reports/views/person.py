"""What every view of reports needs: the signed-in person, and a way back that stays on this site."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; the login middleware has made sure there is one."""
    if not isinstance(request.user, User):
        raise TypeError("a page behind the login was reached without one")
    return request.user


def went_back(request: HttpRequest, default: str) -> HttpResponse:
    """To the address in `next` when it is ours, else to the page called `default`."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(target)
    return redirect(default)
