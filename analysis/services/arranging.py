"""How each person's dashboard is arranged: which widgets, in which order. Kept in the profile, never trusted."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.models import Profile

MOST = 40  # widgets of one person
SAVED = re.compile(r"saved-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Widget:
    """One panel of the dashboard: its key, its heading, how many of the three columns it takes."""

    key: str
    title: str
    width: int = 1

    @property
    def template(self) -> str:
        """What draws its body."""
        return f"analysis/widgets/{'saved' if self.saved else self.key}.html"

    @property
    def saved(self) -> int | None:
        """The number of the saved search it shows, None for our own widgets."""
        found = SAVED.fullmatch(self.key)
        return int(found[1]) if found else None


OWN = {
    widget.key: widget
    for widget in (
        Widget("volume", "Volume", 2),
        Widget("rising", "Rising"),
        Widget("map", "Countries on the map", 2),
        Widget("countries", "Countries"),
        Widget("companies", "Companies"),
        Widget("researchers", "Researchers"),
        Widget("sources", "Sources"),
        Widget("network", "Named together", 2),
        Widget("organizations", "Organizations"),
        Widget("latest", "Latest", 2),
        Widget("threats", "Threats"),
    )
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The widgets that are shown, in order, and those that were put away."""

    shown: tuple[Widget, ...]
    hidden: tuple[Widget, ...]


def arrangement(stored: Any) -> Arrangement:
    """What a profile says, repaired: unknown keys are dropped, new widgets appear at the end."""
    order, away = _keys(stored, "order"), set(_keys(stored, "hidden"))
    order += [key for key in OWN if key not in order and key not in away]
    return Arrangement(
        shown=tuple(_widget(key) for key in order if key not in away),
        hidden=tuple(widget for key, widget in OWN.items() if key in away),
    )


def _keys(stored: Any, name: str) -> list[str]:
    given = stored.get(name, []) if isinstance(stored, dict) else []
    keys = [key for key in given if isinstance(key, str) and _is_key(key)] if isinstance(given, list) else []
    return list(dict.fromkeys(keys))[:MOST]


def _is_key(key: str) -> bool:
    return key in OWN or SAVED.fullmatch(key) is not None


def _widget(key: str) -> Widget:
    return OWN.get(key) or Widget(key, "Saved search")


def arrange_widgets(user: User, *, do: str, keys: list[str], by: int = 0) -> Arrangement:
    """Change the arrangement: `do` is order (all keys), move (by places), hide, show or reset. ValueError otherwise.

    Hiding a saved search takes it off the dashboard; showing one adds it in front.
    """
    if do not in ("order", "move", "hide", "show", "reset") or not all(map(_is_key, keys)):
        raise ValueError("The dashboard knows no such widget or change.")
    with transaction.atomic():
        Profile.objects.get_or_create(user=user)
        profile = Profile.objects.select_for_update(of=("self",)).get(user=user)
        now = arrangement(profile.dashboard)
        shown, hidden = [w.key for w in now.shown], [w.key for w in now.hidden]
        for key in keys[:1]:
            if do == "move" and key in shown:
                place = shown.index(key)
                shown.remove(key)
                shown.insert(max(0, place + by), key)
            elif do == "hide" and key in shown:
                shown.remove(key)
                hidden += [key] if key in OWN else []
            elif do == "show" and key not in shown:
                shown.insert(0, key)
                hidden = [other for other in hidden if other != key]
        if do == "order":
            shown = [
                *(key for key in dict.fromkeys(keys) if key in shown),
                *(k for k in shown if k not in keys),
            ]
        profile.dashboard = {} if do == "reset" else {"order": shown[:MOST], "hidden": hidden}
        profile.save(update_fields=["dashboard"])
    return arrangement(profile.dashboard)
