"""The first administrator: made once, with a password only the owner of the file can read."""

import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def ensure(file: Path) -> None:
    call_command("ensure_admin", password_file=file, verbosity=0)


def test_first_administrator_can_sign_in_with_the_kept_password(tmp_path: Path) -> None:
    file = tmp_path / "login"
    file.write_text("left from an older installation")
    file.chmod(0o644)
    ensure(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = dict(line.split(": ") for line in file.read_text().splitlines())
    admin = User.objects.get(username=said["user"], is_superuser=True)
    assert admin.check_password(said["password"])
    assert len(said["password"]) >= 16


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    ensure(tmp_path / "login")
    before = (tmp_path / "login").read_text()
    ensure(tmp_path / "login")
    assert (tmp_path / "login").read_text() == before
    assert User.objects.count() == 1


def test_existing_administrator_is_enough(tmp_path: Path) -> None:
    User.objects.create_superuser("boss")
    ensure(tmp_path / "login")
    assert not (tmp_path / "login").exists()


def test_unwritable_file_leaves_no_account_without_a_known_password(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ensure(tmp_path / "missing" / "login")
    assert not User.objects.exists()


def test_migrate_runs_in_the_same_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ensure_admin", password_file=tmp_path / "login", migrate=True)
    assert "No migrations to apply" in capsys.readouterr().out
