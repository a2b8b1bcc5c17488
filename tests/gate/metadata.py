"""Score `read_metadata` over the shared corpus: `python -m tests.gate.metadata [--misses FIELD]`.

Title: exact against title or title_alt, case, blanks, quotes and dashes unified. Authors: F1 over all names,
accents and punctuation unified, pages with null authors left out. Day: of `published` in the ground truth's
own zone (in the page's zone where the ground truth gives a bare day). Section: among the accepted labels.
"""

import argparse
import re
import statistics
import sys
import time
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from lxml.html import HtmlElement

from tests.gate import corpus
from warta.transforms.extract.metadata import read_metadata
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.signals import read_signals
from warta.transforms.extract.tree import parse_tree
from warta.transforms.text import fold

FLOORS = Path(__file__).with_name("metadata_floors.toml")
GATED = ("Indonesian", "all", "kept aside")
SLACK = 0.0021
"""About one page of the corpus: library patch releases move single pages."""
NOW = datetime(2026, 11, 21, tzinfo=UTC)
_OFFSET = re.compile(r"[+-]\d\d:\d\d$")
_TYPOGRAPHY = str.maketrans("‘’´`“”„«»–—", '\'\'\'\'"""""--')


@dataclass(slots=True)
class Tally:
    """Sums of one group of pages."""

    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    sections: list[bool] = field(default_factory=list)
    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def author_f1(self) -> float:
        """F1 over all names of the group."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0

    def figures(self) -> dict[str, float]:
        """Return the figures that floors are pinned for."""
        return {
            "title": _mean(self.titles),
            "authors": self.author_f1,
            "day": _mean(self.days),
            "section": _mean(self.sections),
        }

    def cells(self) -> str:
        """Return the figures as one row of the table."""
        shares = [f"{_mean(v):.3f} ({len(v)})" for v in (self.titles, self.days, self.sections)]
        return f"{shares[0]:>12} {self.author_f1:.3f} ({self.wanted}) {shares[1]:>14} {shares[2]:>14}"


def _mean(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def broken(floors: dict[str, dict[str, float]], tallies: dict[str, Tally]) -> list[str]:
    """Return a line for each figure below its floor."""
    return [
        f"{group}: {name} {figure:.3f} is below {floors[group][name]:.3f}"
        for group in GATED
        for name, figure in tallies[group].figures().items()
        if group in floors and figure < floors[group][name] - SLACK
    ]


def check(digest: str, tallies: dict[str, Tally], *, pin: bool, reason: str, path: Path = FLOORS) -> int:
    """Compare with the pinned floors, or pin anew; floors fall only with a reason. Returns the exit code."""
    pinned = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not pin and pinned.get("corpus", digest) != digest:
        print(f"floors are pinned for corpus {pinned['corpus']}, this is {digest}: pin anew to hold it")
        return 1
    same = pinned.get("corpus") == digest
    problems = broken(pinned.get("floors", {}), tallies) if same else []
    for line in problems:
        print(f"FLOOR BROKEN {line}")
    if not pin or (problems and not reason):
        return 1 if problems else 0
    lines = ["# Written by `python -m tests.gate.metadata --pin`; floors fall only with --lower REASON."]
    lines += [f'corpus = "{digest}"'] + ([f'lowered = "{reason}"'] if problems else [])
    for group in GATED:
        lines += ["", f'[floors."{group}"]']
        lines += [f"{name} = {figure:.3f}" for name, figure in tallies[group].figures().items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def title_key(text: str) -> str:
    """Return `text` as titles are compared."""
    return fold(text).translate(_TYPOGRAPHY)


def name_key(text: str) -> str:
    """Return a name as names are compared."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain.casefold()))


def flat(names: Iterable[object]) -> list[str]:
    """Flatten the few nested author lists of the ground truth."""
    return [text for name in names for text in ([name] if isinstance(name, str) else flat(name))]  # type: ignore[call-overload]


def local_day(found: Metadata, truth: str) -> str:
    """Return the day of `found.published` as the ground truth counts days; "" without one."""
    if found.published is None:
        return ""
    offset = _OFFSET.search(truth[10:])
    here = _zone(offset[0] if offset else found.published_zone)
    return found.published.astimezone(here).date().isoformat()


def _zone(offset: str) -> timezone:
    match = re.fullmatch(r"([+-])(\d\d):(\d\d)", offset)
    if not match:
        return UTC
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))


def score(row: corpus.Row, found: Metadata, tally: Tally) -> list[str]:
    """Add one page to `tally`; return the fields that miss."""
    misses = []
    if row["title"]:
        accepted = {title_key(title) for title in (row["title"], *row["title_alt"])}
        tally.titles.append(title_key(found.title) in accepted)
        misses += [] if tally.titles[-1] else ["title"]
    if row["authors"] is not None:
        wanted = {name_key(name) for name in flat(row["authors"])}
        got = {name_key(name) for name in found.authors}
        tally.right += len(wanted & got)
        tally.found += len(got)
        tally.wanted += len(wanted)
        misses += [] if wanted == got else ["authors"]
    if row["published"]:
        tally.days.append(local_day(found, row["published"]) == row["published"][:10])
        misses += [] if tally.days[-1] else ["day"]
    if row["section"]:
        accepted = {title_key(label) for label in row["section"]}
        tally.sections.append(title_key(found.section) in accepted)
        misses += [] if tally.sections[-1] else ["section"]
    return misses


def baseline(body: bytes, url: str) -> Metadata:
    """Return trafilatura's own metadata of a page, for the comparison."""
    import trafilatura

    document = trafilatura.bare_extraction(body, url=url or None, with_metadata=True)
    if document is None:
        return Metadata()
    day = datetime.fromisoformat(document.date).replace(hour=12, tzinfo=UTC) if document.date else None
    return Metadata(
        title=document.title or "",
        authors=tuple(name.strip() for name in (document.author or "").split(";") if name.strip()),
        published=day,
        date_only=True,
        section=next(iter(document.categories or ()), ""),
    )


def describe(row: corpus.Row, found: Metadata, name: str) -> str:
    """Return one line about a miss."""
    wanted, got = {
        "title": (row["title"], f"{found.title} [{found.title_source}]"),
        "authors": (row["authors"], f"{found.authors} [{found.authors_source}]"),
        "day": (
            row["published"],
            f"{found.published} [{found.published_source}] {found.published_conflicts}",
        ),
        "section": (row["section"], f"{found.section} [{found.section_source}]"),
    }[name]
    return f"{row['id']} {row['site']}\n    want {wanted}\n    got  {got}"


def main(arguments: list[str]) -> int:
    """Print the table; with --misses the pages behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=["title", "authors", "day", "section"])
    parser.add_argument("--kept-aside", action="store_true", help="show misses of the kept-aside sites too")
    parser.add_argument("--trafilatura", action="store_true", help="score trafilatura beside it (slow)")
    parser.add_argument("--pin", action="store_true", help="pin the figures as floors")
    parser.add_argument("--lower", default="", metavar="REASON", help="pin although figures fell")
    parser.add_argument("--speed", action="store_true", help="time trafilatura's metadata pass beside it")
    options = parser.parse_args(arguments)
    if not corpus.is_present():
        print(f"no corpus at {corpus.corpus_dir()}: nothing to score")
        return 2
    ours: dict[str, Tally] = {}
    theirs: dict[str, Tally] = {}
    times_ms = []
    for row in corpus.rows():
        body = corpus.page(row)
        found, spent_ms = read(body, row)
        times_ms.append(spent_ms)
        for group in corpus.groups(row):
            misses = score(row, found, ours.setdefault(group, Tally()))
        if options.misses in misses and (options.kept_aside or not corpus.is_held_aside(row)):
            print(describe(row, found, options.misses))
        if options.trafilatura:
            other = baseline(body, row["url"] or "")
            for group in corpus.groups(row):
                score(row, other, theirs.setdefault(group, Tally()))
    print(f"{'':24}{'title':>12} {'author F1':>11} {'day':>14} {'section':>14}")
    for group in ("Indonesian", "all", "developed on", "kept aside"):
        print(f"{group:24}{ours[group].cells()}")
        if options.trafilatura:
            print(f"{'  trafilatura':24}{theirs[group].cells()}")
    print(
        f"read_metadata: median {statistics.median(times_ms):.2f} ms of CPU, at most {max(times_ms):.1f} ms"
    )
    if options.speed:
        print(f"trafilatura's extract_metadata takes {slower():.1f} times as long (interleaved)")
    digest = corpus.digest(corpus.rows())
    return check(digest, ours, pin=options.pin or bool(options.lower), reason=options.lower)


def slower(rounds: int = 3) -> float:
    """Return how many times longer trafilatura's metadata pass takes; median of interleaved rounds."""
    from trafilatura.metadata import extract_metadata

    pages = [(row["url"] or "", corpus.page(row)) for row in corpus.rows()[::4]]
    ratios = []
    for _ in range(rounds):
        spent = [0.0, 0.0]
        for url, body in pages:
            ours, tree = parse(body), parse(body)  # ours takes the scripts off
            start = time.process_time()
            read_metadata(read_signals(ours), url, hints=Hints(), now=NOW)
            middle = time.process_time()
            extract_metadata(tree, default_url=url or None)
            spent[0] += middle - start
            spent[1] += time.process_time() - middle
        ratios.append(spent[1] / spent[0])
    return statistics.median(ratios)


def read(body: bytes, row: corpus.Row) -> tuple[Metadata, float]:
    """Return the metadata of a page and the milliseconds that `read_metadata` took."""
    tree = parse(body)
    start = time.process_time()
    found = read_metadata(read_signals(tree), row["url"] or "", hints=Hints(), now=NOW)
    return found, 1000 * (time.process_time() - start)


def parse(body: bytes) -> HtmlElement:
    """Return the tree of a page."""
    return parse_tree(body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
