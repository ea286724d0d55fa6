"""Small things of lists and acts: an address's parameters as words."""

from urllib.parse import parse_qsl

from django import template

register = template.Library()


@register.filter
def decoded(query: str) -> str:
    """ "q=a%20b&tag=3" as "a b · tag 3", for reading."""
    pairs = parse_qsl(query, max_num_fields=200)
    return " · ".join(value if name == "q" else f"{name} {value}" for name, value in pairs)
