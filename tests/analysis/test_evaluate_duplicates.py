"""The command that measures near-duplicates: real lookups in Postgres, of which nothing remains."""

import gzip
import io
import json

import pytest
from django.core.management import CommandError, call_command

from analysis.models import Fingerprint
from analysis.pipeline.fingerprints import compare, make_shingles
from articles.models import Article
from evaluation.duplicates import enough_texts
from tests.analysis.test_fingerprints import make_text


def sentences(seed: int) -> str:
    """A text of thirty sentences of ten words."""
    words = make_text(seed).split() * 3
    return " ".join(" ".join(words[at : at + 10]).capitalize() + "." for at in range(0, 300, 10))


@pytest.mark.django_db
def test_every_edit_is_looked_up_and_nothing_remains(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    with gzip.open(corpus / "abp-made.jsonl.gz", "wt", encoding="utf-8") as rows:
        rows.writelines(json.dumps({"text": sentences(seed)}) + "\n" for seed in range(12))
    out = io.StringIO()
    call_command("evaluate_duplicates", data=tmp_path, articles=15, sample=5, lookups=3, stdout=out)
    told = out.getvalue()
    assert told.startswith("15 articles")
    assert told.count("| new lead |") == 2
    line = next(line for line in reversed(told.splitlines()) if "cut to 60 %" in line)
    assert line.startswith("| cut to 60 % | 1.000 | ")
    assert not Article.objects.exists()
    assert not Fingerprint.objects.exists()


def test_without_a_corpus_it_says_so(tmp_path):
    with pytest.raises(CommandError, match="not beside"):
        call_command("evaluate_duplicates", data=tmp_path)


def test_made_up_texts_are_no_copies_of_their_parts():
    given = [sentences(seed) for seed in range(8)]
    found = enough_texts(given, 12)
    assert found[:8] == given
    assert len(found) == 12
    for made in found[8:]:
        assert not any(compare(make_shingles(made), make_shingles(text)).is_copy for text in given)
    assert enough_texts(given, 3) == given[:3]
