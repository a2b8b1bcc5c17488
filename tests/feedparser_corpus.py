"""feedparser's own test files, fetched with pip into `.cache/`, and what our reader makes of them.

`python -m tests.feedparser_corpus` fetches them once and prints the figures; the test of the same name skips
where they were not fetched. They belong to feedparser (BSD 2-Clause) and are never committed.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.model import FeedError

VERSION = "6.0.14"
SHA256 = "088679b0c4b543ee211a820dd544698c76a402122eae7473c04a43425f283d06"
CACHE = Path(__file__).parents[1] / ".cache"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FEED = Feed("https://umpan.test/rss")


@dataclass
class Figures:
    """What became of the files."""

    files: int = 0
    ours: int = 0
    theirs: int = 0
    refused: list[str] = field(default_factory=list)
    """Files with entity declarations: refused on purpose."""
    fewer: list[str] = field(default_factory=list)
    """Files of which we list fewer entries than feedparser does."""
    crashed: list[str] = field(default_factory=list)


def folder() -> Path:
    """Return where the fetched files are, or would be."""
    return CACHE / f"feedparser-{VERSION}" / "tests"


def fetch() -> Path:
    """Fetch the source distribution with pip, check it and unpack its tests; do nothing when they are there.

    Raises:
      RuntimeError: the file is not the one this was measured with.
    """
    if folder().is_dir():
        return folder()
    CACHE.mkdir(exist_ok=True)
    wanted = ["--no-deps", "--no-binary", ":all:", f"feedparser=={VERSION}"]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "-d", str(CACHE), *wanted], check=True)
    archive = CACHE / f"feedparser-{VERSION}.tar.gz"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise RuntimeError(f"{archive} is another file than the one measured; delete it and look into it")
    with tarfile.open(archive) as tar:
        tar.extractall(CACHE, filter="data")
    return folder()


def files() -> Iterator[Path]:
    """Yield the feed files in a fixed order."""
    yield from sorted(path for path in folder().rglob("*") if path.suffix in (".xml", ".gz", ".z"))


def measure() -> Figures:
    """Read every file with feedparser and with ours, and compare how many entries each lists."""
    figures = Figures()
    for path in files():
        body = path.read_bytes()
        theirs = len(feedparser.parse(io.BytesIO(body)).entries)
        name = path.relative_to(folder()).as_posix()
        figures.files += 1
        figures.theirs += theirs
        try:
            parsed = parse_feed(body, {}, FEED, now=NOW)
            ours = len(parsed.entries) + len(parsed.rejections)
        except FeedError as error:
            ours = 0
            if error.reason == Reason.FEED_ENTITY_DECLARED:
                figures.refused.append(name)
                continue
        except Exception as error:
            figures.crashed.append(f"{name}: {error!r}")
            continue
        figures.ours += ours
        if ours < theirs:
            figures.fewer.append(f"{name}: {ours} < {theirs}")
    return figures


if __name__ == "__main__":
    fetch()
    begun = time.perf_counter()
    result = measure()
    print(f"files {result.files}  entries feedparser {result.theirs}  ours {result.ours}")
    print(f"crashed {len(result.crashed)}  fewer entries {len(result.fewer)}")
    print(f"refused for entities {len(result.refused)}", *result.refused, sep="\n  ")
    print(f"{time.perf_counter() - begun:.1f} s for both readers")
    sys.exit(bool(result.crashed or result.fewer))
