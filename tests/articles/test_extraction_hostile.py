"""Hostile page shapes finish quickly or are refused before a parser sees them."""

# ruff: noqa: E501 - pages are easier to read unbroken

import time

import pytest

from articles.extraction import Page, Verdict, extract
from articles.extraction.guard import refusal

_ENTITIES = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 9))
SHAPES = {
    "deep_div": "<html><body><article>" + "<div>" * 50000 + "<p>Hello world text here for test.</p>" + "</div>" * 50000 + "</article>",
    "unclosed_b": "<html><body><article>" + "<b><p>para text here " * 5000 + "</article></body></html>",
    "big_20mb": "<html><body><article>" + ("<p>" + "lorem ipsum dolor " * 60 + "</p>") * 18000 + "</article></body></html>",
    "many_attributes": "<html><body><p " + " ".join(f"a{i}=1" for i in range(100000)) + ">hello</p></body></html>",
    "hidden_attributes": "<html><body><p a='>' \" " + " ".join(f"a{i}" for i in range(100000)) + ">hello</p></body></html>",
    "entity_bomb": f'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY a0 "aaaaaaaaaa">{_ENTITIES}]><html><body><p>&a8;</p></body></html>',
    "jsonld_deep": "<html><head><script type='application/ld+json'>" + "[" * 100000 + "]" * 100000 + "</script></head><body><p>hi</p>",
    "date_runs": "<html><body><p>" + "2020-" * 40000 + "</p></body></html>",
    "spaces": "<html><body><p>" + " " * 2000000 + "x</p></body></html>",
    "open_scripts": "<script>" * 20000 + "<p>x</p>",
    "open_quotes": '<a x="' * 100000,
    "commas": "<p>" + ", by " * 100000 + "</p>",
    "long_heading": "<h1>" + "word " * 100000 + "</h1><title>" + "word " * 100000 + "</title>",
    "many_headings": "".join(f"<h2>heading number {i} of this page</h2>" for i in range(5000)),
    "json_comments": '<script type="application/ld+json">' + "<!--" * 100000 + "</script>",
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_hostile_shape_is_finished_or_refused(name: str) -> None:
    started = time.process_time()
    found = extract(Page(url="https://news.example/a", body=SHAPES[name].encode()))
    assert time.process_time() - started < 60  # four here; more than linear work would take minutes
    assert found.extractor_version


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("many_attributes", "too-complex"),
        ("hidden_attributes", "too-complex"),
        ("deep_div", "too-complex"),
        ("big_20mb", "too-large"),
    ],
)
def test_dangerous_shape_is_refused_before_parsing(name: str, code: str) -> None:
    found = extract(Page(url="https://news.example/a", body=SHAPES[name].encode()))
    assert found.verdict is Verdict.NOT_ARTICLE
    assert [doubt.code for doubt in found.doubts] == [code]


def test_ordinary_pages_are_not_refused() -> None:
    many = "<div class='a' id='b' data-x='1'>" * 200 + "<p>text</p>" + "</div>" * 200
    script = "<script>var t = '" + "<div>" * 900 + "';</script>"
    assert refusal(f"<html><body>{many * 20}{script}</body></html>") is None


def test_too_many_elements_are_refused() -> None:
    assert refusal("<br>" * 500_000) == ("too-complex", "The page has more than 200,000 elements.")
