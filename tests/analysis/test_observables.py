"""Technical values are found in plain and in defanged writing, and nothing else is taken for one."""

import pytest

from analysis.pipeline.observables import find_observables, refang
from analysis.pipeline.types import Kind
from tests.analysis.samples import read


def values(text: str) -> list[tuple[str, str]]:
    return [(span.kind.value, span.value) for span in find_observables(read(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It called 185.220.101.4 twice.", ("ip", "185.220.101.4")),
        ("It called 185[.]220[.]101[.]4 twice.", ("ip", "185.220.101.4")),
        ("It called 185.220.101[.]4.", ("ip", "185.220.101.4")),
        ("over 2001:db8:85a3::8a2e:370:7334 and", ("ip", "2001:db8:85a3::8a2e:370:7334")),
        ("See hxxps://evil[.]example[.]com/a?b=1.", ("url", "https://evil.example.com/a?b=1")),
        ("See (http://Example.com/Path_(x)).", ("url", "http://example.com/Path_(x)")),
        ("from hxxp[:]//bad[.]ru/x", ("url", "http://bad.ru/x")),
        ("at update-server(.)net today", ("domain", "update-server.net")),
        ("at update-server[dot]net today", ("domain", "update-server.net")),
        ("the domain mail.example.co.uk was", ("domain", "mail.example.co.uk")),
        ("write to press[at]example[.]org now", ("email", "press@example.org")),
        ("write to Press@Example.org now", ("email", "press@example.org")),
        ("fixes cve-2023-12345, too", ("cve", "CVE-2023-12345")),
        ("hash d41d8cd98f00b204e9800998ecf8427e.", ("hash", "d41d8cd98f00b204e9800998ecf8427e")),
        (
            "SHA1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            ("hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ),
    ],
)
def test_a_value_is_found_and_normalized(text: str, expected: tuple[str, str]) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "This ended.The next sentence has no space.",
        "We ran setup.py and read README.md first.",
        "Version 10.0.19.1 of the firmware is out.",
        "The U.S. and the U.K. met at 5 p.m. on Monday.",
        "The ratio is 300.400.500.600 at most.",
        "At 10:30:15 the time was right, see std::vector.",
        "Order 12345678901234567890123456789012 shipped.",
        "He made it home.In the end he slept.",
        "Talk to us @home or at home.",
    ],
)
def test_ordinary_writing_is_no_observable(text: str) -> None:
    assert values(text) == []


def test_a_url_hides_the_domain_inside_it() -> None:
    assert [kind for kind, _ in values("Open https://example.com/login now.")] == ["url"]


def test_the_span_covers_exactly_what_is_written() -> None:
    text = "Blocked: hxxp://evil[.]com/a, and more."
    (span,) = find_observables(read(text))
    assert text[span.start : span.end] == "hxxp://evil[.]com/a"
    assert "written defanged" in span.reasons
    assert span.kind is Kind.URL


def test_refang_leaves_plain_writing_alone() -> None:
    assert refang("https://example.com/a.b") == "https://example.com/a.b"
