"""Pages made to break their reader are finished or given up in time, and the next page is read."""

import time

import pytest

from articles.extraction import extract
from articles.extraction.types import Page
from articles.isolation import PAGE_SECONDS, IsolationFailed, prepare_isolation, run_isolated

GOOD = Page(
    url="https://news.example/a",
    body=b"<article><h1>New rules</h1><p>"
    + b"The ministry announced new rules on Monday. " * 30
    + b"</p></article>",
)
ENTITIES = "".join(f"<!ENTITY a{n} '{f'&a{n - 1 or str()};' * 10}'>" for n in range(1, 9))
HOSTILE = {
    "deep": "<article>" + "<div>" * 50_000 + "<p>Hello.</p>" + "</div>" * 50_000,
    "unclosed": "<article>" + "<b><p>para text here " * 5_000,
    "large": "<article>" + ("<p>" + "lorem ipsum dolor " * 60 + "</p>") * 18_000,
    "just below the limit": "<article>" + ("<p>" + "lorem ipsum dolor " * 60 + "</p>") * 8_500,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">hello</p>",
    "attributes without blanks": "<p "
    + "".join(f"a{number}='1'" for number in range(100_000))
    + ">hello</p>",
    "entities": f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>{ENTITIES}]><p>&a8;</p>",
    "deep JSON": "<script type='application/ld+json'>"
    + "[" * 100_000
    + "]" * 100_000
    + "</script><p>hi there</p>",
    "digits": "<p>" + "2020-" * 40_000 + "</p>",
    "blanks": "<p>" + " " * 2_000_000 + "x</p>",
    "many small elements": "<i>x</i>" * 150_000,
    "deep table": "<table><tr><td>" * 400 + "x" * 1000,
    "comments": "<!--" * 200_000,
    "half tags": "<a <a <a " * 100_000,
}


def test_limit_leaves_time_for_the_kill():
    assert PAGE_SECONDS <= 9.0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_ends_in_time_and_the_next_one_is_read(name):
    prepare_isolation(extract.__module__)
    page = Page(url="https://news.example/x", body=f"<html><body>{HOSTILE[name]}</body></html>".encode())
    started = time.monotonic()
    try:
        outcome = " ".join(doubt.reason for doubt in run_isolated(extract, page).doubts)
    except IsolationFailed as failed:
        outcome = failed.reason
    assert time.monotonic() - started < 60  # PAGE_SECONDS, the kill, and a machine that has other work
    assert "Traceback" not in outcome
    assert "new rules on Monday" in run_isolated(extract, GOOD).text
