"""One page or text, read: metadata, clean paragraphs, and every block that was cut with its rule."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from warta.schemas.article import Removed
from warta.transforms.clean.boilerplate import Cleaned, strip_boilerplate
from warta.transforms.clean.lexicon import load_lexicon
from warta.transforms.clean.plain import read_head, split_lines
from warta.transforms.clean.structure import prune
from warta.transforms.extract.candidates import choose_body
from warta.transforms.extract.metadata import read_metadata
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.signals import read_signals
from warta.transforms.extract.tree import parse_tree


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says: its metadata, and its body as clean paragraphs in order."""

    metadata: Metadata
    paragraphs: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    dateline: str = ""
    candidate: str = ""
    """Which reading of the page won: own, default, slow, json_ld or text."""
    doubtful: bool = False
    """True when the first reading looked wrong and the page paid for more."""
    evidence: tuple[str, ...] = field(default=())
    """What made the page doubtful and the candidate win, one line each."""


def read_html(
    body: bytes | str,
    url: str,
    *,
    content_type: str = "",
    hints: Hints = Hints(),  # noqa: B008 - frozen
    now: datetime,
) -> Reading:
    """Read a page: parse and walk it once, take its metadata, prune, extract, clean.

    Raises:
      ExtractError: when there is no page to read; its reason says why.
    """
    page = read_signals(parse_tree(body, content_type))
    metadata = read_metadata(page, url, hints=hints, now=now)
    lexicon = load_lexicon()
    removed = prune(page.outline, lexicon, url=url, title=metadata.title)
    choice = choose_body(
        page.outline,
        title=metadata.title,
        descriptions=(metadata.description, hints.summary),
        linked_body=metadata.json_ld_body,
    )
    cleaned = strip_boilerplate(
        [(block.text, block.kind) for block in choice.blocks],
        lexicon,
        title=metadata.title,
        authors=metadata.authors,
        publishers=_publishers(metadata, hints, url),
        caption=metadata.caption,
    )
    return Reading(
        _completed(metadata, cleaned),
        tuple(text for text, _ in cleaned.lines),
        (*removed, *cleaned.removed),
        cleaned.dateline,
        choice.name,
        choice.doubtful,
        choice.evidence,
    )


def read_text(
    text: str,
    url: str = "",
    *,
    hints: Hints = Hints(),  # noqa: B008 - frozen
    now: datetime | None = None,
) -> Reading:
    """Read the plain text of an article that another tool extracted: clean it, find its fields."""
    lexicon = load_lexicon()
    head = read_head(split_lines(text), lexicon, title=hints.title, timezone=hints.timezone, now=now)
    metadata = Metadata(
        title=head.title,
        title_source="feed" if hints.title else ("text" if head.title else ""),
        authors=hints.authors,
        published=head.published or hints.published,
        published_source="visible" if head.published else ("feed" if hints.published else ""),
        section=head.section or hints.section,
        section_source="text" if head.section else ("feed" if hints.section else ""),
    )
    cleaned = strip_boilerplate(
        head.lines,
        lexicon,
        title=head.title,
        authors=hints.authors,
        publishers=_publishers(metadata, hints, url),
    )
    return Reading(
        _completed(metadata, cleaned),
        tuple(line for line, _ in cleaned.lines),
        (*(Removed(line, "head:text") for line in head.taken), *cleaned.removed),
        cleaned.dateline,
        "text",
    )


def _publishers(metadata: Metadata, hints: Hints, url: str) -> tuple[str, ...]:
    names = (metadata.site_name, metadata.publisher, hints.publisher, urlsplit(url).hostname or "")
    return tuple(name.removeprefix("www.") for name in names if name)


def _completed(metadata: Metadata, cleaned: Cleaned) -> Metadata:
    """Fill what the page's markup did not say with what its text did."""
    return replace(
        metadata,
        authors=metadata.authors or cleaned.authors,
        editors=metadata.editors or cleaned.editors,
        caption=metadata.caption or cleaned.caption,
        publisher=metadata.publisher or cleaned.publisher,
        section=metadata.section or cleaned.section,
        section_source=metadata.section_source or ("text" if cleaned.section else ""),
    )
