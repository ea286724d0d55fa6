"""Places, locks and addresses of a running newsintel."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from newsintel.runtime import application, places
from newsintel.runtime.application import Options
from newsintel.runtime.places import Places, StartError


@pytest.fixture
def here(tmp_path: Path) -> Places:
    made = Places(tmp_path / "var")
    made.make()
    return made


def test_var_follows_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSINTEL_VAR", str(tmp_path))
    assert places.places().var == tmp_path
    monkeypatch.delenv("NEWSINTEL_VAR")
    assert places.places().var == places.ROOT / "var"


def test_unusable_var_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="Cannot write below"):
        Places(tmp_path / "file" / "var").make()


def test_lock_has_one_holder(here: Places) -> None:
    assert not places.is_running(here)
    lock = places.take_lock(here)
    assert lock is not None
    assert places.take_lock(here) is None
    assert places.is_running(here)
    lock.close()
    assert not places.is_running(here)


def test_state_is_read_back_and_damage_counts_as_none(here: Places) -> None:
    places.write_state(here, {"pid": 7})
    assert places.read_state(here) == {"pid": 7}
    here.state.write_text("{half")
    assert places.read_state(here) == {}


def test_long_log_is_set_aside(here: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOG_LIMIT", 3)
    (here.logs / "web.log").write_text("abcd")
    assert not here.log("web").exists()
    assert (here.logs / "web.log.1").read_text() == "abcd"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_taken_port_is_told_with_a_way_out(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as other:
        other.bind((host, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"port {port}: address already in use(.|\n)*--port"):
            places.check_port(host, port)
    places.check_port(host, port)


def test_foreign_address_is_told() -> None:
    with pytest.raises(StartError, match=r"Cannot listen on 192\.0\.2\.1"):
        places.check_port("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://127.0.0.1:80/"),
        ("::", "http://[::1]:80/"),
        ("fe80::1", "http://[fe80::1]:80/"),
        ("desk.example", "http://desk.example:80/"),
    ],
)
def test_address_can_be_typed_on_this_machine(host: str, address: str) -> None:
    assert places.web_address(host, 80) == address


def hosts(host: str) -> list[str]:
    return application.allowed_hosts(Options(host=host, port=1, workers=1, is_demo=False)).split(",")


def test_loopback_answers_to_loopback_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert hosts("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]


def test_open_host_answers_to_this_machines_names() -> None:
    """In a process of its own: finding one's own address opens a socket, which tests may not."""
    code = (
        "from newsintel.runtime import application as a\n"
        "print(a.allowed_hosts(a.Options(host='0.0.0.0', port=1, workers=1, is_demo=False)))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ALLOWED_HOSTS"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    found = said.stdout.strip().split(",")
    assert socket.gethostname() in found
    assert "0.0.0.0" not in found
    assert "*" not in found


def test_given_host_names_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "desk.example")
    assert hosts("0.0.0.0") == ["desk.example"]


def test_fingerprint_is_stable_and_names_no_path() -> None:
    first = application.schema_fingerprint()
    assert first == application.schema_fingerprint()
    assert len(first) == 64
    assert os.sep not in first
