"""`manage load_demo`: submit the demonstration articles through the same door as an analyst's files."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser
from django.template.loader import render_to_string

from analysis.tasks import extract_article
from articles.hints import hint
from articles.services import submit_file

FOLDER = Path(__file__).resolve().parents[2] / "demo"


def read_demo(path: Path) -> dict[str, Any]:
    """One demonstration file as values: `key: value` lines, an empty line, paragraphs separated by empty lines."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    values: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
    values["paragraphs"] = [part.strip() for part in body.split("\n\n") if part.strip()]
    values["url"] = f"https://{values['host']}/{values['date'].replace('-', '/')}/{path.stem[11:]}"
    return values


def render_demo(values: dict[str, Any]) -> bytes:
    """The article as the web page an outlet would serve, with navigation, metadata and footer around it."""
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": values["title"],
        "datePublished": f"{values['date']}T08:00:00+00:00",
        "author": [{"@type": "Person", "name": values["byline"]}],
        "publisher": {"@type": "Organization", "name": values["site"]},
        "mainEntityOfPage": values["url"],
    }
    safe = json.dumps(linked).replace("<", "\\u003c")
    return render_to_string("articles/demo_page.html", {**values, "linked": safe}).encode()


class Command(BaseCommand):
    """Submit every file of articles/demo; those already here are left alone."""

    help = "Submit the demonstration articles (CC0, written for this project)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", help="User name of the submitter; the first administrator by default.")

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.filter(is_active=True).order_by("-is_superuser", "pk")
        by = people.get(username=options["by"]) if options["by"] else people.first()
        new = 0
        for path in sorted(FOLDER.glob("2*.md")):
            submitted = submit_file(f"{path.stem}.html", render_demo(read_demo(path)), by=by)
            if submitted.is_new:
                new += 1
                hint(extract_article, submitted.article.pk)
        self.stdout.write(f"{new} demonstration articles submitted; they appear as the workers finish them.")
