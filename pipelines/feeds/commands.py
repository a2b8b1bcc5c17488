"""`warta feeds check | discover | import`: which feeds there are, which work, and lists from elsewhere."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from warta.pipelines.feeds.check import Finding, check_feeds
from warta.pipelines.look.progress import doing, watching
from warta.pipelines.look.status_view import span
from warta.pipelines.options import UsageError, checked_connections
from warta.pipelines.process.logs import Voice, progress_console, set_up
from warta.schemas.feed import Feed
from warta.transforms.fetch.http import fetch_one
from warta.transforms.fetch.model import FetchError
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.parse.discover import Candidate, discover_feeds
from warta.transforms.parse.feed_list import (
    FeedListError,
    format_feed_list,
    read_feed_list,
    read_usable_feeds,
)

EXIT_DONE, EXIT_FAILED = 0, 1
READERS = 2
"""Reader processes: parsing a feed takes milliseconds, so they are there for safety, not for speed."""


def check(args: argparse.Namespace, _: list[str]) -> int:
    """`warta feeds check FILE`: 0 when every feed works, 1 when some do not."""
    try:
        feeds = read_feed_list(args.file)
    except FeedListError as error:
        raise UsageError(str(error)) from error
    findings = _checked(feeds, _settings(args))
    if args.json:
        for finding in findings:
            print(json.dumps(_plain(finding), ensure_ascii=False))
    else:
        print_findings(findings, Console())
    return EXIT_DONE if all(finding.works for finding in findings) else EXIT_FAILED


def discover(args: argparse.Namespace, _: list[str]) -> int:
    """`warta feeds discover URL`: 0 when at least one feed was found."""
    target = _new_file(args)
    settings = _settings(args)
    url = args.url if "://" in args.url else f"https://{args.url}"
    try:
        page = fetch_one(url, settings)
    except FetchError as error:
        print(
            f"warta: {url}: {error.reason}: {error.detail}; check the address in a browser", file=sys.stderr
        )
        return EXIT_FAILED
    candidates = discover_feeds(page.body, page.final_url)
    if "html" not in page.headers.get("content-type", "html"):
        candidates = (Candidate(page.final_url, "", "this very address"), *candidates)
    evidence = {candidate.url: candidate.evidence for candidate in reversed(candidates)}
    findings = _checked([Feed(candidate) for candidate in reversed(evidence)], settings)
    working = [finding for finding in findings if finding.works]
    print_findings(working, Console(), evidence=evidence)
    if not working:
        tried = ", ".join(evidence)
        print(f"warta: {url}: no feed found; tried {tried}; ask the publisher", file=sys.stderr)
        return EXIT_FAILED
    if target:
        _write(target, tuple(_listed(finding) for finding in working))
    return EXIT_DONE


def import_(args: argparse.Namespace, _: list[str]) -> int:
    """`warta feeds import FILE`: another program's list as TOML; what cannot be used is told and left out."""
    target = _new_file(args)
    try:
        feeds, mistakes = read_usable_feeds(args.file)
    except FeedListError as error:
        raise UsageError(str(error)) from error
    for mistake in mistakes:
        print(f"left out: {mistake}", file=sys.stderr)
    if not feeds:
        raise UsageError(f"{args.file}: no usable feed in it; is it an OPML export?")
    if target:
        _write(target, feeds)
    else:
        print(format_feed_list(feeds), end="")
    return EXIT_DONE


def print_findings(
    findings: Sequence[Finding], console: Console, *, evidence: dict[str, str] | None = None
) -> None:
    """Print one block per feed: working ones first, so that what fails stands last, where one looks."""
    now = datetime.now(UTC)
    for finding in sorted(findings, key=lambda one: not one.works):
        _print(console, finding.feed.url, "bold")
        if finding.works:
            _print(console, f"  ok, {_facts(finding, now)}", "green")
        else:
            _print(console, f"  {_failure(finding)}", "red")
        if evidence:
            _print(console, f"  found: {evidence[finding.feed.url]}", "dim")
        for remark in finding.remarks(now):
            _print(console, f"  note: {remark}", "yellow")
    working = sum(finding.works for finding in findings)
    noun = "feed" if len(findings) == 1 else "feeds"
    console.print(f"{len(findings)} {noun}: {working} work, {len(findings) - working} do not")


def _print(console: Console, line: str, style: str) -> None:
    console.print(Text(line, style=style), soft_wrap=True)


def _facts(finding: Finding, now: datetime) -> str:
    health = finding.health
    assert health is not None
    facts = [f"{health.entries} entries"]
    if health.newest is not None:
        facts.append(f"newest {span(max((now - health.newest).total_seconds(), 0))} ago")
    first = finding.listings[0] if finding.listings else None
    if first is not None:
        facts += [first.format, *([repr(first.title)] if first.title else [])]
        facts += [f"says language {first.language}"] if first.language else []
    return ", ".join(facts) + f", {health.elapsed_s:.1f} s"


def _failure(finding: Finding) -> str:
    health = finding.health
    if health is None:
        return "not asked"
    kind = "FAILED" if health.status == "failed" else "could not be asked now"
    return f"{kind}: {health.reason}: {health.detail}"


def _checked(feeds: Sequence[Feed], settings: FetchSettings) -> list[Finding]:
    console, voice = progress_console(), Voice(quiet=not sys.stderr.isatty())
    set_up(voice, console)
    doing.begin("fetching", 1)
    with watching(console, voice, min_delay_s=settings.min_delay_s):
        return check_feeds(feeds, settings)


def _settings(args: argparse.Namespace) -> FetchSettings:
    if args.min_delay_s < 0:
        raise UsageError(f"--min-delay-s {args.min_delay_s:g}: must be at least 0")
    return replace(checked_connections(args), min_delay_s=args.min_delay_s, workers=READERS)


def _new_file(args: argparse.Namespace) -> Path | None:
    """Return where the list goes; a file that somebody may have edited is never overwritten unasked."""
    if not args.output:
        return None
    path = Path(args.output)
    if path.suffix != ".toml":
        raise UsageError(f"-o {path}: the list is written as TOML; give a name that ends in .toml")
    if path.exists() and not args.force:
        raise UsageError(f"-o {path}: is there already; choose another name, or say --force to replace it")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"-o {path}: there is no folder {path.absolute().parent}; make it first")
    return path


def _write(path: Path, feeds: tuple[Feed, ...]) -> None:
    path.write_text(format_feed_list(feeds), encoding="utf-8")
    print(f"{len(feeds)} feeds written to {path}; next: warta feeds check {path}", file=sys.stderr)


def _listed(finding: Finding) -> Feed:
    """Return a working feed as the list should have it, with what it says of itself."""
    said = finding.listings[0] if finding.listings else None
    return replace(finding.feed, publisher=said.title, language=said.language) if said else finding.feed


def _plain(finding: Finding) -> dict[str, Any]:
    health = finding.health
    first = finding.listings[0] if finding.listings else None
    return {
        "url": finding.feed.url,
        "works": finding.works,
        "status": health.status if health else "",
        "http_status": health.http_status if health else None,
        "reason": health.reason if health else "",
        "detail": health.detail if health else "",
        "entries": health.entries if health else 0,
        "newest": health.newest.isoformat() if health and health.newest else None,
        "format": first.format if first else "",
        "title": first.title if first else "",
        "language": first.language if first else "",
        "notes": finding.remarks(datetime.now(UTC)),
    }
