"""What a chaos run found, and how it is told."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.readers import Watch


@dataclass
class Outcome:
    """Kills, looks and faults of one chaos run."""

    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    straddled: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def add_watch(self, watch: Watch) -> None:
        """Take over what the readers saw."""
        self.looks += watch.looks
        self.straddled += watch.straddled
        self.faults += watch.faults


def moment(root: Path) -> str:
    """Say what a writer is doing, by what stands in its folders."""
    staging = root / "staging"
    cycles = [one.name for one in staging.iterdir()] if staging.exists() else []
    if not cycles:
        return "between cycles"
    doing = "compacting" if cycles[0].startswith("compact") else "storing"
    last = max((root / "manifests").glob("*.json"), default=None)
    moving = last is not None and f'"cycle": "{cycles[0]}"' in last.read_text()
    return f"{doing}, {'moving into place' if moving else 'before publishing'}"


def report(title: str, outcome: Outcome, wall_s: float) -> str:
    """Return the figures, one line each."""
    lines = [f"{title}: killed {outcome.kills} times in {wall_s:.0f} s"]
    lines += [f"  {moment_}: {times}" for moment_, times in outcome.moments.most_common()]
    for name, looks in outcome.looks.items():
        straddled = outcome.straddled[name]
        lines.append(f"  {name}: {looks} looks, {straddled} asked again after a compaction's exchange")
    lines.append("  compared: " + ", ".join(f"{table} {rows}" for table, rows in outcome.rows.items()))
    lines.append(f"  unreadable, lost, twice or inconsistent: {len(outcome.faults)}")
    return "\n".join(lines + [f"    {fault}" for fault in outcome.faults[:20]])
