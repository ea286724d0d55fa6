"""No address that a user, a page or a feed can name makes a connection to anything but a public web server."""

import json
import re
import socket
from pathlib import Path

import pytest

from articles.fetching import FetchFailed, FetchLimits, fetch_page, is_public, post_payload
from articles.fetching.addresses import check_address
from tests.articles.fetching_servers import Connects, Names, answer, serving

PUBLIC = "93.184.215.14"
LIMITS = FetchLimits()
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "security" / "ssrf.jsonl"
TABLE = {
    "good.example": [[PUBLIC]],
    "loop.example": [["127.0.0.1"]],
    "loop6.example": [["::1"]],
    "mapped.example": [["::ffff:10.0.0.1"]],
    "mixed.example": [[PUBLIC, "10.1.2.3"]],
    "mixed6.example": [[PUBLIC, "fe80::1"]],
    "metadata.example": [["169.254.169.254"]],
    "rebind.example": [[PUBLIC], ["127.0.0.1"]],
    "later.example": [[PUBLIC], [PUBLIC], ["127.0.0.1"]],
    "localhost": [["127.0.0.1"]],
    "intranet": [[PUBLIC]],
    "printer.local": [[PUBLIC]],
    "xn--mnchen-3ya.example": [[PUBLIC]],
}
FORBIDDEN = [
    # loopback in every notation
    "http://localhost/",
    "http://LocalHost./",
    "http://127.0.0.1/",
    "http://127.8.9.10/",
    "http://127.0.0.1./",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7F.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://１２７.０.０.１/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://ｌｏｃａｌｈｏｓｔ/",
    "http://%31%32%37.0.0.1/",
    # IPv6: loopback, unspecified, mapped, compatible, translated, tunnels
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2002:7f00:1::1]/",
    "http://[2a00:1450::5efe:127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2001:2::1]/",
    "http://[2001:20::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[100::1]/",
    # private and special IPv4
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://192.88.99.1/",
    "http://168.63.129.16/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    # names
    "http://loop.example/",
    "http://LOOP.EXAMPLE./",
    "http://loop6.example/",
    "http://mapped.example/",
    "http://mixed.example/",
    "http://mixed6.example/",
    "http://metadata.example/",
    "http://intranet/",
    "http://printer.local/",
    "http://unknown.example/",
    # forms on which readers disagree
    "http://good.example@127.0.0.1/",
    "http://user:secret@good.example/",
    "http://good.example:80@127.0.0.1:80/",
    "http://127.0.0.1\\@good.example/",
    "http://good.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http://127.0.0.1#@good.example/",
    "http://127.0.0.1?@good.example/",
    "http://[::1]good.example/",
    "http://good.example[::1]/",
    "http://good.example:80:80/",
    "http://good.example\t@127.0.0.1/",
    "http://good.example%00.evil/",
    "http://good.example%2f@127.0.0.1/",
    "http://-good.example/",
    "http://good..example/",
    "http:///good.example/",
    "http://",
    "http:127.0.0.1/",
    "//127.0.0.1/",
    "127.0.0.1",
    "good.example/page",
    "",
    "http://" + "a" * 5000 + ".example/",
    # ports and schemes
    "http://good.example:6379/",
    "http://good.example:22/",
    "https://good.example:8443/",
    "http://good.example:0/",
    "http://good.example:65536/",
    "http://good.example:-1/",
    "http://good.example:8080 /",
    "gopher://127.0.0.1:6379/_x",
    "dict://127.0.0.1:11211/",
    "file:///etc/passwd",
    "ftp://good.example/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "jar:http://good.example/!/",
    "ws://good.example/",
]


@pytest.fixture
def connects(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", Names(TABLE))
    recorder = Connects()
    recorder.install(monkeypatch)
    return recorder


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_address_is_refused_without_a_connect(address, connects):
    with pytest.raises(FetchFailed) as caught:
        fetch_page(address, LIMITS)
    assert connects.seen == []
    assert caught.value.permanent
    assert caught.value.reason.endswith(".") and len(caught.value.reason) < 120


@pytest.mark.parametrize(
    "address", ["http://good.example/", "http://GOOD.example./a?b=c", "http://93.184.215.14/"]
)
def test_public_address_is_asked_at_its_number(address, connects):
    with pytest.raises(FetchFailed) as caught:
        fetch_page(address, LIMITS)
    assert connects.seen == [(PUBLIC, 80)]
    assert not caught.value.permanent


def test_https_goes_to_port_443(connects):
    with pytest.raises(FetchFailed):
        fetch_page("https://good.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 443)]


def test_international_name_is_asked_in_its_ascii_form(connects):
    with pytest.raises(FetchFailed):
        fetch_page("http://MÜNCHEN.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 80)]


@pytest.mark.parametrize("name", ["rebind.example", "later.example"])
def test_name_that_changes_its_answer_is_only_asked_at_the_checked_number(name, connects):
    with pytest.raises(FetchFailed):
        fetch_page(f"http://{name}/", LIMITS)
    with pytest.raises(FetchFailed):
        fetch_page(f"http://{name}/", LIMITS)
    with pytest.raises(FetchFailed):
        fetch_page(f"http://{name}/", LIMITS)
    assert set(connects.seen) == {(PUBLIC, 80)}


def test_webhook_obeys_the_same_rules(connects):
    for address in FORBIDDEN:
        with pytest.raises(FetchFailed):
            post_payload(address, b"{}", LIMITS, headers={})
    assert connects.seen == []


def test_environment_proxies_are_ignored(connects, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    with pytest.raises(FetchFailed):
        fetch_page("http://good.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 80)]


def test_second_number_is_tried_when_the_first_does_not_answer(connects, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", Names({"two.example": [["2600:9000::1", PUBLIC, "1.1.1.1"]]}))
    with pytest.raises(FetchFailed, match="No connection"):
        fetch_page("http://two.example/", LIMITS)
    assert connects.seen == [("2600:9000::1", 80), (PUBLIC, 80)]


def test_operator_can_deny_further_networks(connects):
    with pytest.raises(FetchFailed, match="reserved network"):
        fetch_page("http://good.example/", FetchLimits(denied_networks=("93.184.0.0/16",)))
    assert connects.seen == []


def test_operator_can_allow_further_ports(connects):
    with pytest.raises(FetchFailed):
        fetch_page("http://good.example:8080/", FetchLimits(ports=frozenset({80, 443, 8080})))
    assert connects.seen == [(PUBLIC, 8080)]


def test_loopback_exception_is_for_exactly_one_port(connects):
    limits = FetchLimits(allowed_loopback=frozenset({"127.0.0.1:8001"}))
    with pytest.raises(FetchFailed):
        fetch_page("http://127.0.0.1:8002/", limits)
    with pytest.raises(FetchFailed):
        fetch_page("http://127.0.0.1/", limits)
    assert connects.seen == []


def test_loopback_exception_is_for_loopback_only(connects, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", Names({"dev.example": [["10.0.0.1"]]}))
    with pytest.raises(FetchFailed):
        fetch_page("http://dev.example:8001/", FetchLimits(allowed_loopback=frozenset({"dev.example:8001"})))
    assert connects.seen == []


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "//10.0.0.1/x", "gopher://good.example/", "http://[::1]:80/"]
)
def test_redirect_to_a_forbidden_address_is_refused(status, target, monkeypatch):
    with serving(answer(b"", f"Location: {target}", status=status)) as server:
        connects = _public_host_served_by(server.port, monkeypatch)
        with pytest.raises(FetchFailed) as caught:
            fetch_page("http://good.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 80)]
    assert caught.value.permanent


def test_every_forbidden_address_is_refused_as_a_redirect_too(monkeypatch):
    for address in FORBIDDEN:
        if not re.match(r"(https?:|gopher:|dict:|file:|ftp:)?//[^/]", address):
            continue  # relative to the first page, and so an address of the public host
        location = address.replace("\t", "").encode().decode("latin-1")
        head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
        with serving(lambda connection, _request, head=head: connection.sendall(head)) as server:
            connects = _public_host_served_by(server.port, monkeypatch)
            with pytest.raises(FetchFailed) as caught:
                fetch_page("http://good.example/", LIMITS)
        assert connects.seen == [(PUBLIC, 80)], address
        assert caught.value.permanent, address


def test_fifth_redirect_is_checked_like_the_first(monkeypatch):
    def hop(connection, request):
        number = int(request.split(b" ", 2)[1].strip(b"/") or b"0")
        target = "http://169.254.169.254/" if number == 4 else f"/{number + 1}"
        connection.sendall(f"HTTP/1.1 302 F\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())

    with serving(hop) as server:
        connects = _public_host_served_by(server.port, monkeypatch)
        with pytest.raises(FetchFailed, match="reserved network"):
            fetch_page("http://good.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 80)] * 5


def test_redirect_to_a_name_that_now_answers_differently_is_refused(monkeypatch):
    with serving(answer(b"", "Location: /next", status="302 F")) as server:
        connects = _public_host_served_by(
            server.port, monkeypatch, names={"rebind.example": [[PUBLIC], ["10.0.0.1"]]}
        )
        with pytest.raises(FetchFailed, match="reserved network"):
            fetch_page("http://rebind.example/", LIMITS)
    assert connects.seen == [(PUBLIC, 80)]


def _public_host_served_by(port, monkeypatch, names=None):
    monkeypatch.undo()
    connects = Connects({(PUBLIC, 80): port})
    monkeypatch.setattr(socket, "getaddrinfo", Names(names or TABLE))
    connects.install(monkeypatch)
    return connects


@pytest.mark.parametrize("number", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_public_numbers_are_public(number):
    assert is_public(number)


def test_checked_address_has_one_spelling():
    target = check_address(" HTTPS://Good.Example:443/a b/ü?q=x y&r=%41#part ", LIMITS)
    assert target.url == "https://good.example/a%20b/%C3%BC?q=x%20y&r=%41"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the evaluation data is not beside the checkout")
@pytest.mark.parametrize(
    "case",
    [json.loads(line) for line in SHARED.read_text().splitlines()] if SHARED.exists() else [],
    ids=lambda case: case["id"],
)
@pytest.mark.parametrize("door", ["address", "redirect", "webhook"])
def test_shared_battery(case, door, monkeypatch):
    with serving(answer(b"", f"Location: {case['url']}", status="302 F")) as server:
        monkeypatch.setattr(
            socket, "getaddrinfo", Names({"start.example": [["1.1.1.1"]], **(case["resolves"] or {})})
        )
        connects = Connects({("1.1.1.1", 80): server.port})
        connects.install(monkeypatch)
        with pytest.raises(FetchFailed):
            if door == "webhook":
                post_payload(case["url"], b"", LIMITS, headers={})
            else:
                fetch_page(case["url"] if door == "address" else "http://start.example/", LIMITS)
    connects.seen[: door == "redirect"] = []
    assert set(connects.seen) <= ({(PUBLIC, 80)} if case["expect"] == "public-only" else set())
    assert bool(connects.seen) == (case["expect"] == "public-only")
