"""What every view needs: the signed-in person, and a way back that stays on this site."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def person(request: HttpRequest) -> User:
    """The signed-in person; the login middleware lets nobody else through."""
    return cast("User", request.user)


def back(request: HttpRequest, default: str = "analysis:dashboard") -> HttpResponseRedirect:
    """To the address in `next` when it is ours, else to `default`."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(target)
    return redirect(default)
