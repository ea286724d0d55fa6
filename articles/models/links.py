"""The addresses of the pages of single rows. A list names hundreds; working each out anew takes a third of its time."""

from functools import cache

from django.urls import get_script_prefix, reverse


def page_address(name: str, pk: int) -> str:
    """What `reverse(name, args=[pk])` gives for a page whose address has one number."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{pk}{after}"


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the number; the prefix is where the project is mounted."""
    before, _, after = reverse(name, args=[0])[len(prefix) :].rpartition("0")
    return prefix + before, after
