"""Was last night good? What makes one doubt it, as codes with values, for `status` and the report. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STALE_H = 24
"""A dataset without a good run for longer needs a look; the slowest poll is daily."""
FAILING_SHARE = 0.2
"""Share of failing feeds that needs a look. Lists of 60 public feeds had 3 to 12 % dead ones."""
REJECTED_SHARE = 0.5
"""Share of rejected pages that needs a look: sites change, but not half of them in one night."""

SENTENCES = {
    "none": "no run has finished yet",
    "stale": "the last run ended {hours} hours ago; is it still scheduled?",
    "stopped": "the last run ended early ({stopped}); {deferred} entries wait",
    "failing": "{failing} of {feeds} feeds fail; try `warta feeds check` on the feed list",
    "rejected": "{rejected} of {announced} entries were rejected, most for {reason}",
}


@dataclass(frozen=True)
class Doubt:
    """One thing that needs a look."""

    kind: str
    """A key of SENTENCES."""
    values: Mapping[str, Any]
    """What the sentence's holes are filled with."""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.kind].format(**self.values)


def doubts(last: Mapping[str, Any] | None, feeds: int, failing: int, now: datetime) -> list[Doubt]:
    """Return what makes one doubt that all is well; nothing when the last night was good.

    Args:
      last: the report of the last run, None when there is none.
      feeds: feeds asked lately.
      failing: those of them that fail.
    """
    if last is None:
        return [Doubt("none", {})]
    found = []
    age = now - datetime.fromisoformat(last["finished_at"])
    if age > timedelta(hours=STALE_H):
        found.append(Doubt("stale", {"hours": round(age.total_seconds() / 3600)}))
    books = last["books"]
    if last["stopped"]:
        found.append(Doubt("stopped", {"stopped": last["stopped"], "deferred": books["deferred"]}))
    if feeds and failing / feeds > FAILING_SHARE:
        found.append(Doubt("failing", {"failing": failing, "feeds": feeds}))
    if books["announced"] and books["rejected"] / books["announced"] > REJECTED_SHARE:
        worst = next(iter(last["rejected_by_reason"]), "")
        values = {name: books[name] for name in ("rejected", "announced")}
        found.append(Doubt("rejected", {**values, "reason": worst}))
    return found
