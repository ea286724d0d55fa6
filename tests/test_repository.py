"""The repository agrees with itself: settings with their lists, sizes, imports, vendored files, words."""

import ast
import hashlib
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("newsintel", "articles", "analysis", "reports")
OURS = (*PACKAGES, "tests", "evaluation", "training")
LONGEST_FILE = 400
# Only the fetching package may send HTTP requests, and only with this library.
FETCHING, CLIENT = Path("articles/fetching"), "requests_hardened"
OTHER_CLIENTS = {
    "urllib.request",
    "http.client",
    "httpx",
    "aiohttp",
    "urllib3",
    "requests",
    "pycurl",
    "httpcore",
}
# Variables of systems and tools, which are not settings of ours.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "PYTHONUTF8", "TMPDIR"}
READS_ENVIRONMENT = re.compile(
    r"""(?:env(?:text|bool|int|list|secret)\(\s*|environ\.get\(\s*|environ\[|getenv\(\s*)["']([A-Z][A-Z0-9_]+)["']"""
)


def tracked(pattern: str = "*") -> list[Path]:
    """The files git knows and those it would take, relative to the root, without what has been deleted."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", pattern],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return sorted(
        path for name in listed.split("\0") if name and (path := Path(name)) and (ROOT / path).is_file()
    )


def python_files(*packages: str) -> Iterator[Path]:
    """The Python files of some packages, migrations excepted."""
    for path in tracked("*.py"):
        if path.parts[0] in packages and "migrations" not in path.parts:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def imports(path: Path) -> set[str]:
    """Every module a file imports, whole dotted names; `from a import b` counts as a and a.b."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


# --- settings -----------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """Every environment variable our packages read."""
    found: set[str] = set()
    for path in python_files(*PACKAGES):
        found |= set(READS_ENVIRONMENT.findall((ROOT / path).read_text()))
    return found - FOREIGN


def example() -> dict[str, str]:
    """The variables of .env.example with their defaults."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))


def compose_variables() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))


def test_every_variable_is_in_the_example_and_none_is_stale() -> None:
    assert len(variables_read()) > 15  # the pattern still finds them
    assert set(example()) == variables_read() | compose_variables()


def test_every_variable_is_explained() -> None:
    explained = set(
        re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.M)
    )
    assert explained == set(example())


def test_every_example_line_has_a_comment_above() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    bare = [line for before, line in itertools.pairwise(lines) if line[:1].isupper() and before[:2] != "# "]
    assert bare == []


def test_example_defaults_are_those_of_the_settings() -> None:
    """Numbers and words given literally in settings.py; truth values are written 1 and 0."""
    given = example()
    wrong = []
    for name, default in literal_defaults().items():
        shown = {"True": "1", "False": "0"}.get(str(default), str(default))
        if given.get(name, "") not in {shown, ""}:
            wrong.append((name, given.get(name), shown))
    assert wrong == []


def literal_defaults() -> dict[str, object]:
    found: dict[str, object] = {}
    for node in ast.walk(tree(Path("newsintel/settings.py"))):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("env")
        ):
            continue
        values = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "default")]
        name = node.args[0]
        if isinstance(name, ast.Constant) and values and not any(isinstance(v, ast.IfExp) for v in values):
            try:
                found[str(name.value)] = eval_number(values[0])
            except ValueError:
                continue
    return found


def eval_number(node: ast.expr) -> object:
    """A literal, or a product of literals such as 5 * 1024 * 1024; raises ValueError for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = eval_number(node.left), eval_number(node.right)
        if isinstance(left, int) and isinstance(right, int):
            return left * right
    return ast.literal_eval(node)


# --- sizes and imports ----------------------------------------------------------------------------------


def test_no_python_file_is_longer_than_the_limit() -> None:
    sizes = {
        str(path): len((ROOT / path).read_text().splitlines())
        for path in [*python_files(*OURS), Path("up.py")]
    }
    assert {path: size for path, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_module_is_named_for_nothing() -> None:
    names = {"utils", "helpers", "common", "base", "manager", "managers", "misc"}
    assert [str(path) for path in python_files(*OURS) if names & {path.stem, *path.parts}] == []


def test_the_launcher_imports_only_the_standard_library_and_nobody_imports_it() -> None:
    tops = {name.split(".")[0] for name in imports(Path("up.py"))}
    assert tops <= sys.stdlib_module_names
    assert [str(path) for path in python_files(*PACKAGES) if "up" in imports(path)] == []


def test_there_is_one_http_client() -> None:
    strangers = {
        str(path): sorted(found)
        for path in python_files(*PACKAGES)
        if (found := imports(path) & OTHER_CLIENTS) and not path.is_relative_to(FETCHING)
    }
    assert strangers == {}
    users = {
        path.parent for path in python_files(*PACKAGES) if CLIENT in {n.split(".")[0] for n in imports(path)}
    }
    assert users <= {FETCHING}


def test_extractors_never_fetch_by_themselves() -> None:
    """trafilatura and feedparser would download when given an address."""
    calls = re.compile(
        r"\b(?:fetch_url|fetch_response|feedparser\.parse\(\s*[\"']https?:|urlopen|urlretrieve)\b"
    )
    found = [str(path) for path in python_files(*PACKAGES) if calls.search((ROOT / path).read_text())]
    assert found == []


# --- vendored files -----------------------------------------------------------------------------------------


def test_vendored_files_match_their_checksums() -> None:
    listed = {}
    for line in (ROOT / "static" / "vendor" / "CHECKSUMS.txt").read_text().splitlines():
        digest, _, name = line.partition("  ")
        listed[Path(name)] = digest
    vendor = {path for path in tracked("static/vendor/*") if path.name != "CHECKSUMS.txt"}
    places = {path if path in listed else path.relative_to("static/vendor") for path in vendor}
    assert places == set(listed)
    for path in vendor:
        name = path if path in listed else path.relative_to("static/vendor")
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == listed[name], path


def test_every_vendored_folder_has_a_license() -> None:
    folders = {path.parts[2] for path in tracked("static/vendor/*") if len(path.parts) > 3}
    licensed = {
        path.parts[2] for path in tracked("static/vendor/*") if path.name.upper().startswith("LICENSE")
    }
    assert folders == licensed


# --- words ----------------------------------------------------------------------------------------------------

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home/\w+|root|Users/\w+|opt/\w+)/")
TEXT_ENDINGS = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".txt",
    ".in",
    ".html",
    ".css",
    ".js",
    ".sh",
    ".csv",
    "",
}


def test_no_path_of_some_machine_is_written_down() -> None:
    found = []
    for path in tracked():
        # Requirement lists hold hashes only; saved pages and vendored files are others' words.
        if path.suffix not in TEXT_ENDINGS or path.parts[:2] == ("static", "vendor") or "pages" in path.parts:
            continue
        if path != Path("tests/test_repository.py") and MACHINE_PATH.search(
            (ROOT / path).read_text(errors="replace")
        ):
            found.append(str(path))
    assert found == []


def test_requirements_are_pinned_and_hashed_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        text = (ROOT / name).read_text()
        assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.M), name
        pins = re.findall(r"^[A-Za-z0-9].*(?:\n +.*)*", text, re.M)
        assert pins, name
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == [], name


def test_every_direct_requirement_is_pinned_in_the_list() -> None:
    for name in ("requirements", "requirements-dev"):
        wanted = re.findall(r"^([a-z][\w.-]*)", (ROOT / f"{name}.in").read_text(), re.M)
        listed = set(re.findall(r"^([a-z0-9][\w.-]*)", (ROOT / f"{name}.txt").read_text(), re.M))
        assert [package for package in wanted if package.replace("_", "-") not in listed] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is(package: str) -> None:
    silent = [
        str(path)
        for path in python_files(package)
        if (ROOT / path).stat().st_size and not ast.get_docstring(tree(path))
    ]
    assert silent == []


# The words of the glossary whose rows are tables; further models are parts of these.
WORDS_WITH_ROWS = {
    "Source",
    "Article",
    "Version",
    "Snapshot",
    "Entity",
    "Alias",
    "Mention",
    "Tag",
    "Judgment",
    "Report",
}


def test_glossary_words_with_rows_name_real_models() -> None:
    terms = set(re.findall(r"^\| \*\*(\w+)\*\* \|", (ROOT / "docs" / "glossary.md").read_text(), re.M))
    models = {model.__name__ for name in PACKAGES[1:] for model in apps.get_app_config(name).get_models()}
    assert terms >= WORDS_WITH_ROWS
    assert models >= WORDS_WITH_ROWS


def test_version_is_the_changelogs() -> None:
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert version is not None
    assert newest is not None
    assert version.group(1) == newest.group(1)
