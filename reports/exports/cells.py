"""Spreadsheet cells that no program takes for a formula, and the exact way back.

ASVS 1.2.10 names = + - @ tab and NUL as dangerous first characters; spreadsheet programs also look past
blanks and invisible characters and accept full-width forms, so the first *significant* character decides.
"""

import unicodedata

MARK = "'"
DANGEROUS = frozenset("=+-@|%\t\r\n\0")


def is_dangerous(value: str) -> bool:
    """Whether a spreadsheet program might evaluate the cell, or our own reader would take its mark for ours."""
    if not value:
        return False
    if value[0] == MARK or value[0] in DANGEROUS:
        return True
    for character in value:
        # Z = separators, C = control and format characters: blanks, zero-width space, byte-order mark
        if unicodedata.category(character)[0] in "ZC":
            continue
        return unicodedata.normalize("NFKC", character)[:1] in DANGEROUS or character == MARK
    return True  # nothing but blanks: keep it exactly as it is, marked


def guard(value: str) -> str:
    """The cell's text with an apostrophe in front where one is needed."""
    return MARK + value if is_dangerous(value) else value


def unguard(cell: str) -> str:
    """The text `guard` was given."""
    return cell[1:] if cell[:1] == MARK else cell
