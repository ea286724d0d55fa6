"""Addresses: one form for many spellings, and a sentence for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.addresses import BadAddress, canonical_address, site_host


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("example.org", "https://example.org/"),
        ("HTTP://EXAMPLE.org:80", "http://example.org/"),
        ("https://example.org:443/a#part", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/%7Euser/%2f", "https://example.org/~user/%2F"),
        ("https://example.org/ü?q=ö", "https://example.org/%C3%BC?q=%C3%B6"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example./", "https://xn--bcher-kva.example/"),
        ("https://example.org/a?utm_source=x&id=2&fbclid=y&", "https://example.org/a?id=2"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("//example.org/a", "https://example.org/a"),
        ("example.org:8080/a", "https://example.org:8080/a"),
    ],
)
def test_canonical_form(given, url):
    assert canonical_address(given).url == url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://www.example.org/a/"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org", "https://example.org/"),
    ],
)
def test_spellings_share_a_key(one, other):
    assert canonical_address(one).key == canonical_address(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/", "https://example.com/"),
        ("https://example.org:8443/", "https://example.org/"),
    ],
)
def test_other_pages_have_other_keys(one, other):
    assert canonical_address(one).key != canonical_address(other).key


@pytest.mark.parametrize("host", ["www.example.org", "m.example.org", "amp.example.org", "example.org"])
def test_site_host(host):
    assert site_host(host) == "example.org"


@given(st.text(max_size=80))
def test_any_text_gives_an_address_or_a_reason(text):
    try:
        address = canonical_address(text)
    except BadAddress as bad:
        assert bad.reason.endswith(".") or ":" in bad.reason
    else:
        again = canonical_address(address.url)
        assert again == address


@given(st.from_regex(r"https?://[a-z]{1,8}\.(org|com)(/[!-~]{0,12}){0,3}(\?[!-~]{0,20})?", fullmatch=True))
def test_canonical_form_is_stable(url):
    try:
        address = canonical_address(url)
    except BadAddress:
        return
    assert canonical_address(address.url) == address
