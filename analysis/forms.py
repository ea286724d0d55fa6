"""What the pages of finding and judging accept: GET parameters become `Filters`, posts become decisions."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import quote_plus

from django import forms
from django.db.models import Case, Q, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime

from analysis.models import Alias, Entity, EntityQuerySet, Finding, Judgment, Kind
from analysis.pipeline.rewriting import LONGEST_LINE, MOST_LINES, LineError, to_points
from analysis.pipeline.types import Point
from analysis.query import Query, QueryError, parse_query
from analysis.search import NEWEST, RELEVANCE, SALIENCE, Filters, Key, Place, read_key
from analysis.search.typed import TypedFilters
from articles.models import Source

ORDERS = {NEWEST: "Newest", RELEVANCE: "Relevance", SALIENCE: "Salience"}
MAX_PAGE = 334  # far more than ranked lists have
NUMBER = re.compile(r"[0-9]+")
PLACES = ("page", "before", "after")  # which page of the same list


class NumbersField(forms.Field):
    """Any number of ids; what is not a number is no id."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[int, ...]:
        given = [text for text in value or () if text.isascii() and text.isdigit() and len(text) < 10]
        return tuple(dict.fromkeys(int(text) for text in given))


class WordsField(forms.Field):
    """Any number of short words."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(text for text in value or () if 0 < len(text) <= 40 and "\x00" not in text)
        )


class ArticleFilterForm(forms.Form):
    """The address of a list. Nothing in it is ever an error page: what cannot be understood is said or left out."""

    q = forms.CharField(required=False, strip=False)
    tag = NumbersField(required=False)
    no_tag = NumbersField(required=False)
    source = NumbersField(required=False)
    no_source = NumbersField(required=False)
    kind = WordsField(required=False)
    no_kind = WordsField(required=False)
    status = WordsField(required=False)
    no_status = WordsField(required=False)
    lang = WordsField(required=False)
    no_lang = WordsField(required=False)
    since = forms.CharField(required=False)
    until = forms.CharField(required=False)
    added = forms.CharField(required=False)
    sort = forms.CharField(required=False)
    page = forms.CharField(required=False)
    before = forms.CharField(required=False)
    after = forms.CharField(required=False)

    query_error: QueryError | None = None

    def clean_q(self) -> Query:
        """The query; a mistake is kept aside, with its place, for the page to show."""
        try:
            return parse_query(self.cleaned_data["q"])
        except QueryError as error:
            self.query_error = error
            return Query(text=self.cleaned_data["q"])

    def clean_since(self) -> date | None:
        return safe_date(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return safe_date(self.cleaned_data["until"])

    def clean_added(self) -> datetime | None:
        try:
            moment = parse_datetime(self.cleaned_data["added"].replace(" ", "+"))
        except ValueError:
            return None
        return moment if moment and moment.tzinfo and moment.year > 1 else None

    def clean_sort(self) -> str:
        given = self.cleaned_data["sort"]
        return given if given in ORDERS else NEWEST

    def clean_page(self) -> int:
        given = self.cleaned_data["page"]
        return (
            min(max(int(given), 1), MAX_PAGE) if given.isascii() and given.isdigit() and len(given) < 6 else 1
        )

    def clean_before(self) -> Key | None:
        return read_key(self.cleaned_data["before"])

    def clean_after(self) -> Key | None:
        return read_key(self.cleaned_data["after"])

    def place(self) -> Place:
        """Which page of the list; `filters` must have been called."""
        data = self.cleaned_data
        return Place(data["before"], None if data["before"] else data["after"], data["page"])

    def filters(self) -> Filters:
        """What the reader asked for."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            query=data.get("q") or Query(),
            tags=data["tag"],
            not_tags=data["no_tag"],
            sources=data["source"],
            not_sources=data["no_source"],
            kinds=data["kind"],
            not_kinds=data["no_kind"],
            statuses=data["status"],
            not_statuses=data["no_status"],
            languages=data["lang"],
            not_languages=data["no_lang"],
            since=data["since"],
            until=data["until"],
            added_since=data["added"],
            order=data["sort"],
        )


def safe_date(text: str) -> date | None:
    """A day written as YYYY-MM-DD, else nothing."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def with_values(start: str, **values: str) -> str:
    """An address of ours with more parameters at its end. A list has two hundred, most of their values are numbers."""
    pairs = (
        f"{name}={value if NUMBER.fullmatch(value) else quote_plus(value)}" for name, value in values.items()
    )
    return f"{start}{'' if start.endswith('?') else '&'}{'&'.join(pairs)}"


def without_value(params: QueryDict, name: str, value: str) -> str:
    """The address of the same list without this value."""
    changed = params.copy()
    changed.setlist(name, [given for given in changed.getlist(name) if given != value])
    return address(changed)


def replaced(params: QueryDict, **values: str) -> str:
    """The address of the same list with these parameters set; "" takes one away."""
    changed = params.copy()
    for name, value in values.items():
        changed.setlist(name, [value] if value else [])
    return address(changed, keep=frozenset(values))


def address(params: QueryDict, *, keep: frozenset[str] = frozenset()) -> str:
    """The query string, without empty parts and, unless asked for, without which page it is."""
    cleaned = QueryDict(mutable=True)
    for name in params:
        if name not in PLACES or name in keep:
            cleaned.setlist(name, [value for value in params.getlist(name) if value])
    return "?" + cleaned.urlencode()


class JudgmentForm(forms.Form):
    """A decision about a mention."""

    decision = forms.ChoiceField(
        choices=[choice for choice in Judgment.Decision.choices if choice[0] != Judgment.Decision.ADD]
    )
    scope = forms.ChoiceField(choices=Judgment.Scope.choices, required=False)
    new_kind = forms.ChoiceField(choices=[("", "—"), *Kind.choices], required=False)
    new_entity = forms.ModelChoiceField(Entity.objects.current(), required=False)
    entity_name = forms.CharField(max_length=300, required=False)

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or Judgment.Scope.ARTICLE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == Judgment.Decision.REKIND and not data.get("new_kind"):
            self.add_error("new_kind", "Choose the kind it should have.")
        if data.get("decision") == Judgment.Decision.RELINK and not data.get("new_entity"):
            data["new_entity"] = self.named_entity(data.get("entity_name", ""))
        return data

    def named_entity(self, name: str) -> Entity | None:
        """The entity with that very name or key."""
        found = Entity.objects.current().filter(name__iexact=name).order_by("-article_count").first()
        found = found or Entity.objects.current().filter(key=name).first()
        if not found:
            self.add_error("entity_name", "No entity is called that. Choose one of the names offered.")
        return found


class AddMentionForm(forms.Form):
    """A tag the machine missed: a place in the text, by offsets or by the words themselves."""

    field = forms.ChoiceField(choices=[("title", "Title"), ("body", "Text")], required=False)
    start = forms.IntegerField(min_value=0, required=False)
    end = forms.IntegerField(min_value=1, required=False)
    words = forms.CharField(
        max_length=500, required=False, label="The words, exactly as they stand in the text"
    )
    kind = forms.ChoiceField(choices=Kind.choices)
    name = forms.CharField(max_length=300, required=False, label="What it is called, when that differs")
    scope = forms.ChoiceField(choices=Judgment.Scope.choices, required=False)

    def __init__(self, *args: Any, text: str, title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = {"title": title, "body": text}

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or Judgment.Scope.ARTICLE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        where = data["field"] = data.get("field") or "body"
        start, end, words = data.get("start"), data.get("end"), data.get("words", "")
        if start is None or end is None:
            self.place_words(data, words)
        elif not start < end <= len(self.texts[where]) or not self.texts[where][start:end].strip():
            self.add_error("words", "That place is not in the text.")
        elif words and self.texts[where][start:end] != words:
            self.add_error("words", "The text has changed since it was opened; please select again.")
        return data

    def place_words(self, data: dict[str, Any], words: str) -> None:
        """Find the first place of the words, in the text before the title."""
        for where in ("body", "title"):
            start = self.texts[where].find(words) if words else -1
            if start >= 0:
                data.update(field=where, start=start, end=start + len(words))
                return
        self.add_error("words", "These words do not stand in the text." if words else "Say which words.")


class MergeForm(forms.Form):
    """Which entity is the same as this one."""

    into = forms.CharField(max_length=300, label="Merge into")

    def __init__(self, *args: Any, entity: Entity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity = entity

    def clean_into(self) -> Entity:
        """An entity by its name or key; one that exists and is another one."""
        given = self.cleaned_data["into"]
        others = Entity.objects.current().exclude(pk=self.entity.pk)
        found = (
            others.filter(key=given).first()
            or others.filter(name__iexact=given).order_by("-article_count").first()
        )
        if not found:
            raise forms.ValidationError("No other entity has that name or key.")
        return found


class RerunForm(forms.Form):
    """Why articles are analyzed again."""

    reason = forms.CharField(max_length=300)
    ids = NumbersField(required=False)


class EntityField(forms.CharField):
    """An entity by its name, another of its names, or its key; None when nothing is asked for."""

    def __init__(self, label: str, *, kind: str = "") -> None:
        super().__init__(required=False, max_length=300, label=label)
        self.kind = kind
        self.among: EntityQuerySet = Entity.objects.none()  # those this reader may know of

    def clean(self, value: Any) -> Entity | None:
        name = super().clean(value)
        if not name:
            return None
        rows = self.among.current().filter(kind=self.kind) if self.kind else self.among.current()
        aliases = Alias.objects.filter(surface__iexact=name).values("entity_id")
        called = rows.filter(Q(key=name) | Q(name__iexact=name) | Q(pk__in=aliases))
        own = Case(When(key=name, then=0), When(name__iexact=name, then=1), default=2)
        found = called.order_by(own, "-article_count", "pk").first()
        if found is None:
            raise forms.ValidationError(f"Nothing known here is called “{name}”.")
        return found


class TypedFilterForm(forms.Form):
    """What findings, statements and relations are all filtered by: country, source, period."""

    country = EntityField("Country in the article", kind=Kind.COUNTRY.value)
    source = forms.ModelChoiceField(
        Source.objects.order_by("name"), required=False, label="Source", empty_label="Any source"
    )
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: QueryDict, *, among: EntityQuerySet) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            if isinstance(field, EntityField):
                field.among = among
                field.widget.attrs |= {
                    "data-suggest": reverse("analysis:entity_suggest"),
                    "data-suggest-kinds": field.kind,
                    "autocomplete": "off",
                    "placeholder": "Name",
                }
            field.widget.attrs.setdefault("id", f"filter-{name}")

    def filters(self) -> TypedFilters | None:
        """What the reader asked for; None when a part of it is a mistake, which the form then shows."""
        if not self.is_valid():
            return None
        given = {name: value for name, value in self.cleaned_data.items() if value}
        source = given.pop("source", None)
        return TypedFilters(**given, source=source.pk if source else None)


class FindingFilterForm(TypedFilterForm):
    """Who is affected, how, when and how sure."""

    effect = forms.ChoiceField(
        choices=[("", "Any"), *Finding.Effect.choices], required=False, widget=forms.HiddenInput
    )
    direction = forms.ChoiceField(
        choices=[("", "Any"), *Finding.Direction.choices], required=False, widget=forms.HiddenInput
    )
    horizon = forms.ChoiceField(
        choices=[("", "Any"), *Finding.Horizon.choices], required=False, widget=forms.HiddenInput
    )
    certainty = forms.ChoiceField(
        choices=[("", "Any"), *Finding.Certainty.choices], required=False, widget=forms.HiddenInput
    )
    kind = forms.ChoiceField(
        choices=[("", "Anybody"), *Kind.choices], required=False, label="Kind of affected"
    )
    entity = EntityField("Affected")
    field_order = ["entity", "kind", "country", "source", "since", "until"]


class StatementFilterForm(TypedFilterForm):
    """Who says what about whom."""

    entity = EntityField("Speaker")
    other = EntityField("About")
    quote = forms.ChoiceField(
        choices=[("", "Any"), ("1", "Quoted"), ("0", "Reported")], required=False, label="Manner"
    )
    field_order = ["entity", "other", "quote", "country", "source", "since", "until"]


class RelationFilterForm(TypedFilterForm):
    """Who is tied to whom, and how."""

    entity = EntityField("One side")
    other = EntityField("Other side")
    kind = forms.CharField(required=False, max_length=40, label="Kind of relation")
    field_order = ["entity", "kind", "other", "country", "source", "since", "until"]


class BriefEditForm(forms.Form):
    """A field of the brief as lines; the value is points."""

    lines = forms.CharField(
        label="One sentence a line",
        strip=False,
        required=False,
        max_length=MOST_LINES * LONGEST_LINE,
        help_text="Numbers in brackets at the end of a line name the sentences it rests on, as in [3 5]. "
        "A line without is shown as your own words.",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
    )

    def __init__(self, *args: Any, sentences: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sentences = sentences

    def clean_lines(self) -> tuple[Point, ...]:
        try:
            return to_points(self.cleaned_data["lines"], self.sentences)
        except LineError as error:
            raise forms.ValidationError(str(error)) from error
