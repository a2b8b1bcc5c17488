"""Pinned floors: figures once reached, for one corpus, that may rise freely and fall only with a reason."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.gate.score import Scores

FLOORS = Path(__file__).with_name("floors.toml")
SLACK = 0.002
"""Figures may differ this much from the pinned ones: library patch releases move single pages."""

GROUPS = ("all", "Indonesian", "kept aside")


@dataclass(frozen=True, slots=True)
class Floor:
    """What one group has to reach: at least `f1`, at most `leak` and `loss`."""

    f1: float
    leak: float
    loss: float


def broken(floor: Floor, scores: Scores) -> list[str]:
    """Return a line for each figure that is worse than its floor."""
    problems = []
    if scores.f1 < floor.f1 - SLACK:
        problems.append(f"F1 {scores.f1:.3f} is below {floor.f1:.3f}")
    if scores.leak > floor.leak + SLACK:
        problems.append(f"leak {scores.leak:.3f} is above {floor.leak:.3f}")
    if scores.loss > floor.loss + SLACK:
        problems.append(f"loss {scores.loss:.3f} is above {floor.loss:.3f}")
    return problems


def read(path: Path = FLOORS) -> tuple[str, dict[str, Floor]]:
    """Return the corpus digest that the floors hold for, and the floors by group."""
    if not path.is_file():
        return "", {}
    pinned = tomllib.loads(path.read_text(encoding="utf-8"))
    return pinned["corpus"], {name: Floor(**values) for name, values in pinned["floors"].items()}


def check(
    digest: str,
    table: dict[str, tuple[Scores, Scores]],
    *,
    pin: bool = False,
    reason: str = "",
    path: Path = FLOORS,
) -> int:
    """Compare with the pinned floors, or pin anew. Returns the exit code and prints what is wrong."""
    corpus, floors = read(path)
    known = {group: floor for group, floor in floors.items() if group in table}
    if corpus and corpus != digest and not pin:
        print(f"floors are pinned for corpus {corpus}, this is {digest}: not compared; pin anew to hold it")
        return 1
    same = corpus == digest
    problems = [
        f"{group}: {line}"
        for group, floor in known.items()
        if same
        for line in broken(floor, table[group][0])
    ]
    if pin and not (problems and not reason):
        write(digest, table, reason=reason if problems else "", path=path)
        print(f"pinned {path.name} for corpus {digest}")
        return 0
    for line in problems:
        print(f"FLOOR BROKEN {line}")
    if pin:
        print('not pinned: floors fall only with a reason, --lower "why"')
    return 1 if problems else 0


def write(digest: str, table: dict[str, tuple[Scores, Scores]], *, reason: str, path: Path) -> None:
    """Write the figures of the gated groups as floors."""
    lines = [
        "# Written by `python -m tests.gate.extraction --pin`; floors fall only with --lower REASON.",
        f'corpus = "{digest}"',
    ]
    if reason:
        lines.append(f'lowered = "{reason}"')
    for group in GROUPS:
        scores = table[group][0]
        lines += [
            "",
            f'[floors."{group}"]',
            f"f1 = {scores.f1:.3f}",
            f"leak = {scores.leak:.3f}",
            f"loss = {scores.loss:.3f}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
