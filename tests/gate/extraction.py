"""`python -m tests.gate.extraction`: F1, leak, loss and speed of ours beside trafilatura's default.

Runs over two processes. In each, page by page, both readers take turns at going first, so that the speed
ratio does not depend on what else the machine does. `--pin` writes new floors; it refuses lower ones
unless `--lower "reason"` says why, and the reason stays in the file.
"""

import argparse
import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.gate import corpus, floors, soft
from tests.gate.score import PageScore, Scores, score_page, total

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One page through both readers."""

    id: str
    ours: PageScore
    theirs: PageScore
    ours_s: float
    theirs_s: float
    candidate: str
    doubtful: bool
    paid: bool
    """The page asked for trafilatura's slow reading."""
    text: str
    baseline: str
    caption: str


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    candidate: str = ""
    doubtful: bool = False
    paid: bool = False
    caption: str = ""


def read_ours(body: bytes, url: str) -> _Read:
    """Return what warta makes of a page; an empty text where it ends in a reason."""
    from warta.pipelines.reading.page import read_html
    from warta.transforms.extract.errors import ExtractError
    from warta.transforms.text import join_paragraphs

    try:
        reading = read_html(body, url, now=NOW)
    except ExtractError as error:
        return _Read("", f"reason:{error.reason}")
    paid = any("slow" in line for line in reading.evidence)
    text = join_paragraphs(reading.paragraphs)
    return _Read(text, reading.candidate, reading.doubtful, paid, reading.metadata.caption)


def read_baseline(body: bytes, url: str) -> _Read:
    """Return what trafilatura's default makes of a page."""
    import trafilatura

    document = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    return _Read(document.text or "" if document else "")


def run_row(job: tuple[int, corpus.Row]) -> Outcome:
    """Read one page with both, each going first every other time, and score both."""
    at, row = job
    body = corpus.page(row)
    readers: list[Callable[[bytes, str], _Read]] = [read_ours, read_baseline]
    taken: dict[Callable[[bytes, str], _Read], tuple[_Read, float]] = {}
    for reader in readers if at % 2 else reversed(readers):
        started = time.process_time()
        read = reader(body, row["url"] or "")
        taken[reader] = (read, time.process_time() - started)
    (ours, ours_s), (theirs, theirs_s) = taken[read_ours], taken[read_baseline]
    return Outcome(
        id=row["id"],
        ours=_scored(ours.text, row),
        theirs=_scored(theirs.text, row),
        ours_s=ours_s,
        theirs_s=theirs_s,
        candidate=ours.candidate,
        doubtful=ours.doubtful,
        paid=ours.paid,
        text=ours.text,
        baseline=theirs.text,
        caption=ours.caption,
    )


def run(rows: list[corpus.Row]) -> list[Outcome]:
    """Read all rows over two processes, in order."""
    with ProcessPoolExecutor(PROCESSES, initializer=_warm_up) as pool:
        return list(pool.map(run_row, enumerate(rows), chunksize=8))


def tabulate(rows: list[corpus.Row], outcomes: list[Outcome]) -> dict[str, tuple[Scores, Scores]]:
    """Return (ours, theirs) for every group of pages."""
    members: dict[str, list[Outcome]] = defaultdict(list)
    for row, outcome in zip(rows, outcomes, strict=True):
        for group in corpus.groups(row):
            members[group].append(outcome)
    return {
        group: (total(one.ours for one in members[group]), total(one.theirs for one in members[group]))
        for group in sorted(members, key=_group_order)
    }


def main(argv: list[str] | None = None) -> int:
    """Print the table and check the floors."""
    parser = argparse.ArgumentParser(prog="python -m tests.gate.extraction", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="write the figures as the new floors")
    parser.add_argument("--lower", default="", metavar="REASON", help="allow lower floors, and say why")
    parser.add_argument("--pages", action="store_true", help="list pages that leak or lose something")
    options = parser.parse_args(argv)
    if not corpus.is_present():
        print(f"no corpus at {corpus.corpus_dir()}; set WARTA_SHARED to the folder that holds it")
        return 0
    rows = corpus.rows()
    outcomes = run(rows)
    table = tabulate(rows, outcomes)
    _print_table(table)
    _print_work(outcomes)
    missed = soft.report(
        soft.tabulate(rows, [(one.text, one.baseline, one.caption) for one in outcomes])
    ) + below(table)
    for line in missed:
        print(f"MISSED {line}")
    if options.pages:
        _print_pages(outcomes)
    broken = floors.check(corpus.digest(rows), table, pin=options.pin, reason=options.lower)
    return 1 if missed else broken


def below(table: dict[str, tuple[Scores, Scores]]) -> list[str]:
    """Return the sources and languages whose F1 is below the default's, to three digits."""
    return [
        f"{group}: F1 {ours.f1:.3f}, trafilatura {theirs.f1:.3f}"
        for group, (ours, theirs) in table.items()
        if ours.bodies and round(ours.f1, 3) < round(theirs.f1, 3)
    ]


def _warm_up() -> None:
    logging.disable(logging.CRITICAL)
    page = (
        b"<html><body><article>" + b"<p>Satu dua tiga empat lima enam.</p>" * 20 + b"</article></body></html>"
    )
    read_ours(page, "https://a.example/1")
    read_baseline(page, "https://a.example/1")


def _scored(text: str, row: corpus.Row) -> PageScore:
    bodies = [row["body"], *(row["body_alt"] or [])] if row["body"] else []
    must_not = list(zip(row["must_not"], row["must_not_kind"], strict=True))
    return score_page(text, bodies=bodies, must=row["must"], must_not=must_not)


def _group_order(group: str) -> tuple[int, str]:
    fixed = ["all", "Indonesian", "developed on", "kept aside"]
    return (fixed.index(group) if group in fixed else len(fixed), group)


def _print_table(table: dict[str, tuple[Scores, Scores]]) -> None:
    print(f"{'':44}{'F1':>14}{'leak':>14}{'loss':>14}")
    print(f"{'group (pages, bodies)':44}" + f"{'ours':>7}{'traf.':>7}" * 3)
    for group, (ours, theirs) in table.items():
        name = f"{group} ({ours.pages}, {ours.bodies})"
        figures = ((ours.f1, theirs.f1), (ours.leak, theirs.leak), (ours.loss, theirs.loss))
        below = " <" if ours.bodies and ours.f1 < theirs.f1 else ""
        print(f"{name:44}" + "".join(f"{a:7.3f}{b:7.3f}" for a, b in figures) + below)


def _print_work(outcomes: list[Outcome]) -> None:
    ours_s, theirs_s = sum(one.ours_s for one in outcomes), sum(one.theirs_s for one in outcomes)
    doubtful = sum(one.doubtful for one in outcomes)
    print(f"candidates: {dict(Counter(one.candidate for one in outcomes).most_common())}")
    paid = sum(one.paid for one in outcomes)
    plain = sum(one.candidate == "own" and not one.doubtful for one in outcomes)
    print(f"plain pages: {plain} of {len(outcomes)}; read once, by our own reading")
    print(f"doubtful pages: {doubtful} of {len(outcomes)}; {paid} paid for the slow reading")
    print(
        f"speed: {len(outcomes) / ours_s:.1f} pages/s and core, trafilatura {len(outcomes) / theirs_s:.1f}; "
        f"ratio {theirs_s / ours_s:.2f}"
    )


def _print_pages(outcomes: Iterable[Outcome]) -> None:
    for one in outcomes:
        if one.ours.leaked or one.ours.lost:
            print(f"{one.id}: leaks {list(one.ours.leaked or ())[:5]} loses {list(one.ours.lost)[:5]}")


if __name__ == "__main__":
    sys.exit(main())
