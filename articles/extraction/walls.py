"""What pages say that stand where an article should be, in the languages served."""

import re
from pathlib import Path

_PHRASES = Path(__file__).with_name("phrases")


def alternatives(name: str) -> str:
    """The lines of a phrase file as one alternation; a line that starts with a bar continues the one before."""
    joined = (_PHRASES / f"{name}.txt").read_text(encoding="utf-8").strip().replace("\n|", "|")
    return "|".join(line.strip() for line in joined.splitlines())


PATTERNS = {
    name: re.compile(alternatives(name), re.IGNORECASE)
    for name in ("bot-check", "cookie-wall", "error-page", "login")
}
PAYWALLED = re.compile(alternatives("paywall"), re.IGNORECASE)
CONSENT_WORDS = re.compile(
    r"cookie|consent|privacy|partners?\b|advertis|personali[sz]|einwilligung|datenschutz|zustimm|werbung|consentement|"
    r"vie privée|publicit|privacidad|consentimiento|anuncios|dati personali|consenso|toestemming|zgod|prywatno|согласи|"
    r"конфиденциальн|çerez|同意|隐私|プライバシー|الخصوصية|개인정보",
    re.IGNORECASE,
)
