"""People, articles and servers every test may ask for. No test reaches beyond this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_socket import socket_allow_hosts

import newsintel.celery  # noqa: F401  (hints need the Celery application)

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_configure() -> None:
    """Passwords of test people are hashed in microseconds instead of a second; a busy machine fails no example."""
    hypothesis.settings.register_profile(
        "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("patient")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


KEPT = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def empty_tables(case: TransactionTestCase) -> None:
    """Delete the rows a committing test left, where there are any.

    Django truncates every table and then makes all roles anew, which takes many times as long as such a test.
    """
    if connection.needs_rollback or connection.closed_in_transaction:
        connection.close()
    with connection.cursor() as cursor:
        names = sorted(set(connection.introspection.django_table_names(only_existing=True)) - set(KEPT))
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")  # no triggers, no foreign keys on the way
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture(scope="session", autouse=True)
def _quick_cleaning() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


def pytest_runtest_setup() -> None:
    """Sockets are closed except to this machine and the servers' own unix sockets."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the evaluation data run where that data lies."""
    missing = pytest.mark.skip(reason="the evaluation data is not beside this checkout")
    for item in items:
        if "shared" in item.keywords and not (SHARED / "data").is_dir():
            item.add_marker(missing)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation data's folder (tests that use it are marked `shared`)."""
    return SHARED / "data"


def make_user(name: str, role: str) -> User:
    """A person with one of the roles contributor, analyst, administrator."""
    user = User.objects.create_user(name, f"{name}@example.org", "correct horse battery")
    user.groups.add(Group.objects.get(name=role))
    if role == "administrator":
        user.is_staff = user.is_superuser = True
        user.save()
    return user


@pytest.fixture
def analyst(db: None) -> User:
    return make_user("analyst", "analyst")


@pytest.fixture
def colleague(db: None) -> User:
    return make_user("colleague", "analyst")


@pytest.fixture
def contributor(db: None) -> User:
    return make_user("contributor", "contributor")


@pytest.fixture
def stranger(db: None) -> User:
    """A contributor who submitted nothing that a test talks about."""
    return make_user("stranger", "contributor")


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("administrator", "administrator")


@pytest.fixture
def page(client: Client, analyst: User) -> Client:
    """A browser-less client, signed in as the analyst."""
    client.force_login(analyst)
    return client


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the tests' thread
