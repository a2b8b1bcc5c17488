"""One page or text, read: metadata, clean paragraphs, and every block that was cut with its rule."""

from dataclasses import dataclass, field
from datetime import datetime

from warta.schemas.article import Removed
from warta.transforms.extract.body import extract_body
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.tree import parse_tree
from warta.transforms.text import paragraphs as split_paragraphs


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says: its metadata, and its body as clean paragraphs in order."""

    metadata: Metadata
    paragraphs: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    dateline: str = ""
    candidate: str = ""
    """Which reading of the page won: default, precision, recall, own, json_ld or text."""
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
    """Read a page: parse once, take its metadata, prune, extract, clean.

    Raises:
      ExtractError: when there is no page to read; its reason says why.
    """
    tree = parse_tree(body, content_type)
    blocks = extract_body(tree)
    return Reading(Metadata(title=hints.title), tuple(block.text for block in blocks), candidate="default")


def read_text(text: str, url: str = "", *, hints: Hints = Hints()) -> Reading:  # noqa: B008 - frozen
    """Read the plain text of an article that another tool extracted: clean it, find its fields."""
    return Reading(Metadata(title=hints.title), tuple(split_paragraphs(text)), candidate="text")
