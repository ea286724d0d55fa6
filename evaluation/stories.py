"""Story grouping on labeled events: B-cubed and pair scores, one article after another, in several orders.

B-cubed (Bagga and Baldwin 1998): for each labeled article, which share of its group is of its event, and which share of
its event is in its group. Articles without a label (distractors) count against precision when they slip into a group.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from analysis.pipeline.profiles import Profile
from analysis.pipeline.stories import compare_one, find_neighbors, group

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


def group_online(
    profiles: Sequence[Profile], look_up: Callable[[Profile, Sequence[Profile]], list[int]]
) -> Groups:
    """Take the articles one after another as the product does: look up neighbors, group their stories anew."""
    index: dict[int, list[int]] = defaultdict(list)
    known: dict[int, Profile] = {}
    story: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for profile in profiles:
        candidates = {number for key in profile.keys for number in index[key]}
        near = look_up(profile, [known[number] for number in sorted(candidates)])
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


__all__ = ["Agreement", "Groups", "agree", "compare_one", "find_neighbors", "group_online", "shuffled"]
