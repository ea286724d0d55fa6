"""The language of a text, by py3langid's own weights (part of the package, nothing is loaded from elsewhere)."""

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from articles.extraction.types import Finding

_SAMPLE = 3000  # characters; more changes nothing and costs time
_SURE = 0.9
_MIN_TEXT = 20


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def find_language(text: str, declared: str) -> Finding:
    """ISO 639-1 code of the text; the page's own claim decides only when the text is too short or unclear."""
    claim = declared.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].strip().lower()
    claim = claim if len(claim) == 2 and claim.isalpha() else ""
    if len(text) < _MIN_TEXT:
        return Finding(claim, "html lang", 0.4)
    code, probability = _identifier().classify(text[:_SAMPLE])
    if probability < _SURE and claim:
        return Finding(claim, "html lang", 0.6)
    return Finding(code, "py3langid", round(float(probability), 3))
