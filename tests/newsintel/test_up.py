"""The launcher: what it installs, when it installs nothing, what it says when it cannot go on."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import up

ROOT = Path(up.__file__).parent
RUNTIME = "import os, sys\nprint('runtime', *sys.argv[1:], 'in', os.getcwd())\n"


def make_wheel(folder: Path, name: str) -> str:
    """A one-module package in `folder`; returns its line for a requirements file."""
    folder.mkdir(exist_ok=True)
    wheel, info = folder / f"{name}-1-py3-none-any.whl", f"{name}-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", "VALUE = 1\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own: the real launcher, one tiny package to install, a runtime that tells its arguments."""
    shutil.copy(ROOT / "up.py", tmp_path)
    shutil.copy(ROOT / "requirements-uv.txt", tmp_path)
    (tmp_path / "requirements.txt").write_text(make_wheel(tmp_path / "wheels", "sample"))
    (tmp_path / "requirements-dev.txt").write_text(make_wheel(tmp_path / "wheels", "check"))
    runtime = tmp_path / "newsintel" / "runtime"
    runtime.mkdir(parents=True)
    (tmp_path / "newsintel" / "__init__.py").touch()
    (runtime / "__init__.py").touch()
    (runtime / "__main__.py").write_text(RUNTIME)
    return tmp_path


def launch(checkout: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the launcher cut off from every package index but the checkout's own folder of wheels."""
    environment = {
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(checkout / "wheels"),
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_CONFIG_FILE": os.devnull,
    }
    return subprocess.run(
        [sys.executable, str(checkout / "up.py"), *arguments],
        env=environment,
        cwd=cwd or checkout,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


# --- without any environment ------------------------------------------------------------------------


def test_help_shows_both_commands(checkout: Path) -> None:
    said = launch(checkout, "--help")
    assert said.returncode == 0
    assert "up.py test" in said.stdout


def test_unknown_command_is_refused_before_anything_is_installed(checkout: Path) -> None:
    said = launch(checkout, "tset")
    assert said.returncode == 2
    assert "'tset'" in said.stderr
    assert not (checkout / "var").exists()


@pytest.mark.parametrize(("command", "code"), [("status", 3), ("stop", 0)])
def test_nothing_is_installed_just_to_say_that_nothing_runs(checkout: Path, command: str, code: int) -> None:
    said = launch(checkout, command)
    assert said.returncode == code
    assert "not running" in said.stdout
    assert not (checkout / "var").exists()


def test_unsupported_python_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "OLDEST", (4, 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(up.NotReadyError, match=r"needs Python 3\.11(.|\n)*python3-venv"):
        up.use_supported_python()


# --- the environment ----------------------------------------------------------------------------------


def test_environment_is_made_once_from_what_the_hashes_allow(checkout: Path) -> None:
    """One environment for the whole story, because making one takes ten seconds."""
    right = (checkout / "requirements.txt").read_text()
    (checkout / "requirements.txt").write_text(f"sample==1 --hash=sha256:{'0' * 64}\n")
    refused = launch(checkout, "run")
    assert refused.returncode == 1
    assert "could not be installed" in refused.stderr
    assert "runtime" not in refused.stdout

    (checkout / "requirements.txt").write_text(right)
    elsewhere = checkout / "elsewhere"
    elsewhere.mkdir()
    first = launch(checkout, "manage", "submit", "a file.txt", cwd=elsewhere)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Making a Python environment" not in first.stdout  # the one of the refused try is good
    assert "Installing the pinned packages:" in first.stdout  # by pip: uv itself could not be had
    assert f"runtime manage submit a file.txt in {elsewhere}" in first.stdout
    assert launch(checkout, "--port", "9").stdout == f"runtime run --port 9 in {checkout}\n"

    python = checkout / "var" / "env" / "bin" / "python"
    assert subprocess.run([python, "-c", "import check"], capture_output=True, check=False).returncode == 1
    assert "Installing" in launch(checkout, "test").stdout  # the checking tools come with the first test run
    assert subprocess.run([python, "-c", "import check, sample"], check=False).returncode == 0
    assert "Installing" not in launch(checkout, "run").stdout


def test_changed_requirements_or_another_python_make_it_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("a\n")
    (tmp_path / "requirements-dev.txt").write_text("b\n")
    monkeypatch.setattr(up, "ROOT", tmp_path)
    monkeypatch.setattr(up, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(up, "PYTHON", Path(sys.executable))
    assert not up.is_ready(dev=False)
    up.STAMP.write_text(json.dumps(up.wanted_stamp(dev=False)))
    assert up.is_ready(dev=False)
    assert not up.is_ready(dev=True)
    (tmp_path / "requirements.txt").write_text("a\nc\n")
    assert not up.is_ready(dev=False)
    up.STAMP.write_text(json.dumps(up.wanted_stamp(dev=True) | {"python": "3.9"}))
    assert not up.is_ready(dev=True)


@pytest.mark.parametrize("damage", ["", "[]", "{half"])
def test_damaged_stamp_counts_as_none(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(up, "PYTHON", Path(sys.executable))
    up.STAMP.write_text(damage)
    assert up.found_stamp() == {}


# --- pip's index settings, handed to uv -----------------------------------------------------------------

LISTED = """\
:env:.find-links='/nowhere /'
global.cert='/some/ca.pem'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://global.example/simple'
install.index-url='https://install.example/simple'
global.trusted-host='one.example'
"""


@pytest.fixture
def pip_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter whose `pip config list` prints LISTED, and no settings of uv's own."""
    (tmp_path / "listed").write_text(LISTED)
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n[ \"$*\" = '-m pip config list' ] && cat '{tmp_path}/listed'\n")
    program.chmod(0o755)
    monkeypatch.setattr(up, "PYTHON", program)
    for name in list(os.environ):
        if name.startswith("UV_") or name == "SSL_CERT_FILE":
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("pip_says")
def test_pip_settings_reach_uv() -> None:
    environment = up.installer_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://install.example/simple"
    assert environment["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert environment["UV_FIND_LINKS"] == "/"  # uv stops at a missing folder, pip only warns
    assert environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert environment["UV_INSECURE_HOST"] == "one.example"
    assert environment["SSL_CERT_FILE"] == "/some/ca.pem"


@pytest.mark.usefixtures("pip_says")
def test_settings_of_uv_itself_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")
    assert up.installer_environment()["UV_DEFAULT_INDEX"] == "https://mine.example/simple"


def test_account_without_home_keeps_no_downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("UV_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    assert not up.has_cache_directory()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert up.has_cache_directory()
