"""Story grouping on labeled events: B-cubed and pair scores, one article after another, in several orders.

B-cubed (Bagga and Baldwin 1998): for each labeled article, which share of its group is of its event, and which share of
its event is in its group. Articles without a label (distractors) count against precision when they slip into a group.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.pipeline.profiles import Profile
from analysis.pipeline.stories import MAX_CANDIDATES, find_neighbors, group
from evaluation.story_data import load_basil, load_neus, load_others, titles

LookUp = Callable[[Profile, Sequence[Profile]], list[int]]
Groups = Mapping[int, Hashable]  # which group, or which event, an article is in, by id


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well groups agree with events."""

    precision: float
    recall: float
    pair_f1: float

    @property
    def f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def agree(found: Groups, events: Groups) -> Agreement:
    """B-cubed over the labeled articles of `events`; `found` may hold others."""
    sizes, event_sizes = Counter(found.values()), Counter(events.values())
    shared = Counter((found[one], event) for one, event in events.items())
    precision = sum(shared[found[one], event] / sizes[found[one]] for one, event in events.items())
    recall = sum(shared[found[one], event] / event_sizes[event] for one, event in events.items())
    return Agreement(
        precision / len(events), recall / len(events), _pair_f1(shared, sizes, event_sizes, found, events)
    )


def _pair_f1(
    shared: Counter[tuple[Hashable, Hashable]],
    sizes: Counter[Hashable],
    event_sizes: Counter[Hashable],
    found: Groups,
    events: Groups,
) -> float:
    right = sum(_pairs(count) for count in shared.values())
    joined = sum(_pairs(sizes[name]) for name in {found[one] for one in events})
    wanted = sum(_pairs(count) for count in event_sizes.values())
    return 2 * right / (joined + wanted) if joined + wanted else 0.0


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def group_online(profiles: Sequence[Profile], look_up: LookUp = find_neighbors) -> Groups:
    """Take the articles one after another as the product does: look up neighbors, group their stories anew."""
    index: dict[int, list[int]] = defaultdict(list)
    known: dict[int, Profile] = {}
    story: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for profile in profiles:
        shared = Counter(number for key in profile.keys for number in index[key])
        candidates = sorted(shared, key=lambda number: (-shared[number], -number))[:MAX_CANDIDATES]
        near = look_up(profile, [known[number] for number in candidates])
        touched = {story[number] for number in near}
        ids = [profile.id, *(number for name in touched for number in members.pop(name))]
        known[profile.id] = profile
        for key in profile.keys:
            index[key].append(profile.id)
        for one in group([known[number] for number in ids]):
            members[min(one.ids)] = list(one.ids)
            story.update(dict.fromkeys(one.ids, min(one.ids)))
    return story


def shuffled(profiles: Sequence[Profile], seed: int) -> list[Profile]:
    """The same articles in another order, the same for each seed."""
    found = list(profiles)
    random.Random(seed).shuffle(found)  # noqa: S311  (a repeatable order, not a secret)
    return found


def story_lines(data: Path, *, others: int = 1000, orders: int = 3) -> list[str]:
    """A table over BASIL and NeuS validation, alone and among articles of no event, in shuffled orders.

    Raises FileNotFoundError when the sets are not there.
    """
    lines = [
        "| set | articles | order | B-cubed P | R | F1 | pair F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    folder, corpus = data / "stories", data / "corpus" / "abp-5000.jsonl.gz"
    for name, load in (("BASIL", load_basil), ("NeuS validation", load_neus)):
        profiles, events = load(folder)
        strangers = load_others(corpus, others, without=titles(folder), start=len(profiles)) if others else []
        whole = {one: number for number, found in enumerate(group(profiles)) for one in found.ids}
        lines.append(_line(name, len(profiles), "all at once", agree(whole, events)))
        for seed in range(orders):
            lines.append(
                _line(
                    name,
                    len(profiles),
                    f"online {seed}",
                    agree(group_online(shuffled(profiles, seed)), events),
                )
            )
        if strangers:
            mixed = shuffled([*profiles, *strangers], 0)
            lines.append(
                _line(
                    f"{name} among {others} others", len(mixed), "online", agree(group_online(mixed), events)
                )
            )
    return lines


def _line(name: str, number: int, order: str, found: Agreement) -> str:
    values = (found.precision, found.recall, found.f1, found.pair_f1)
    return f"| {name} | {number} | {order} | " + " | ".join(f"{value:.3f}" for value in values) + " |"
