"""Known news outlets by name, from the knowledge tables: their country, and which of them are agencies."""

from functools import cache

from analysis.pipeline.knowledge import fold, read_table

# News agencies that write for other outlets (members and partners of MINDS, EANA and OANA with most text abroad).
AGENCIES = frozenset(
    fold(name)
    for name in (
        "Reuters", "Associated Press", "AP", "AP News", "AFP", "Agence France-Presse", "dpa", "APA", "EFE", "ANSA",
        "TASS", "Interfax", "RIA Novosti", "Xinhua", "Xinhua News Agency", "Kyodo News", "Yonhap", "Yonhap News Agency",
        "PTI", "Press Trust of India", "Anadolu Agency", "UPI", "United Press International", "PA Media", "Ukrinform",
        "Bloomberg News", "IRNA", "KCNA", "Belga", "TT", "NTB", "Ritzau", "STT", "PAP", "CTK", "MTI", "Lusa", "ANP",
    )
)  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    """Country codes of outlets by folded name; a name that outlets of several countries bear has none."""
    home = {row["key"]: row["country"] for row in read_table("media")}
    found: dict[str, set[str]] = {}
    for row in read_table("media_aliases"):
        found.setdefault(fold(row["surface"]), set()).add(home.get(row["key"], ""))
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def outlet_country(name: str) -> str:
    """The country (ISO 3166-1 alpha-2) of the outlet with this name; "" when no single one is known."""
    return _countries().get(fold(name), "")


def outlet_kind(name: str) -> str:
    """ "agency" or "news" for a known outlet, else ""."""
    if fold(name) in AGENCIES:
        return "agency"
    return "news" if fold(name) in _countries() else ""
