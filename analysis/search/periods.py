"""The stretches of time a dashboard shows and compares. Pure dates, UTC."""

from dataclasses import dataclass
from datetime import date, timedelta

NAMES = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "12 months", "all": "All"}
EVER = date(1, 1, 1)
STEPS = ((45, "day"), (200, "week"), (10**6, "month"))
OLDEST = 5 * 365  # days back that a chart shows


@dataclass(frozen=True, slots=True)
class Period:
    """What is shown: everything dated `since` or later. `last` is the day the comparison looks back from."""

    key: str
    since: date
    last: date

    @property
    def name(self) -> str:
        """As on the switch."""
        return NAMES[self.key]

    @property
    def is_long(self) -> bool:
        """Counted by months, and compared by quarters instead of weeks."""
        return self.key in ("365", "all")

    @property
    def stretch(self) -> str:
        """What is compared, in words."""
        return "3 months" if self.is_long else "7 days"

    def stretches(self, before: int) -> tuple[date, date, date]:
        """First day of the base of `before` stretches, first day of the last stretch, and the day after it."""
        if self.is_long:
            end = months_after(self.last, 1)
            return months_after(end, -3 * (before + 1)), months_after(end, -3), end
        end = self.last + timedelta(days=1)
        return end - timedelta(days=7 * (before + 1)), end - timedelta(days=7), end


def make_period(wish: str, *, today: date, newest: date | None) -> Period:
    """The period asked for; without a wish 90 days, or everything when nothing is that new."""
    newest = min(newest or today, today)
    if wish not in NAMES:
        wish = "90" if newest > today - timedelta(days=90) else "all"
    if wish == "all":
        return Period(wish, EVER, newest)
    since = months_after(today, -11) if wish == "365" else today - timedelta(days=int(wish) - 1)
    return Period(wish, since, newest if newest >= since else today)


def months_after(day: date, months: int) -> date:
    """The first day of the month that lies `months` after that of `day`."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """A day, week or month and what was counted in it."""

    since: date
    until: date
    step: str
    articles: int
    stories: int

    @property
    def label(self) -> str:
        """How the span is called: 2026-03, 2026-03-09, or a week's first and last day."""
        if self.step == "month":
            return f"{self.since:%Y-%m}"
        return f"{self.since}" if self.step == "day" else f"{self.since} to {self.until}"

    @property
    def short(self) -> str:
        """The label below the axis."""
        return f"{self.since:%b %Y}" if self.step == "month" else f"{self.since.day} {self.since:%b}"


def spans(numbers: dict[date, tuple[int, int]], *, since: date, until: date) -> list[Span]:
    """Counts by day as spans of readable number, empty ones included; `numbers` is day → (articles, stories)."""
    since = max(since, until - timedelta(days=OLDEST))
    step = next(name for limit, name in STEPS if (until - since).days <= limit)
    sums: dict[date, tuple[int, int]] = {}
    for day, (articles, stories) in numbers.items():
        start = beginning(day, step)
        known = sums.get(start, (0, 0))
        sums[start] = (known[0] + articles, known[1] + stories)
    found, start = [], beginning(since, step)
    while start <= until:
        following = next_start(start, step)
        found.append(Span(start, following - timedelta(days=1), step, *sums.get(start, (0, 0))))
        start = following
    return found


def beginning(day: date, step: str) -> date:
    """The first day of the span that holds `day`."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def next_start(day: date, step: str) -> date:
    """The first day of the next span."""
    if step == "month":
        return months_after(day, 1)
    return day + timedelta(days=7 if step == "week" else 1)
