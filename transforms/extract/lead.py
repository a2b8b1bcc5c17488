"""The summary between headline and body, which most sites keep outside the body's container."""

import re
from collections.abc import Sequence
from itertools import islice

from warta.transforms.extract.body import PARAGRAPH, Block
from warta.transforms.extract.own import OwnReading, is_named
from warta.transforms.extract.runs import HEADS, MAX_LINK_SHARE, Run
from warta.transforms.outline import Outline
from warta.transforms.text import fold

_LEAD = re.compile(
    r"(?:^|[-_\s])(?:lead|lede|intro|introduction|teaser|summary|abstract|standfirst|subtitle|sub-?head(?:line|ing)?"
    r"|sub-?title|dek|deck|vorspann|chapo|entradilla|bajada|sumario|ingress|excerpt|sinopsis|strap"
    r"line)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
"""Names that authors of pages give to the summary below the headline."""
LEAD_CHARS = 60
"""Shortest lead, and how much of a description it has to begin with: feeds cut theirs off."""
MAX_LEAD_CHARS = 900


def find_lead(own: OwnReading, blocks: Sequence[Block], descriptions: Sequence[str]) -> list[Block]:
    """Return the summary that stands between headline and body, when `blocks` lack it.

    It is one that the page's or the feed's description repeats, or whose markup calls it a lead; with its
    neighbours of the same name, for a summary may be three short paragraphs. On a plain page any paragraph
    there is one, if nothing names it otherwise.
    """
    text = {fold(block.text) for block in blocks}
    first = next((at for at, run in enumerate(own.runs) if fold(run.text) in text), 0)
    head = next((at for at, run in enumerate(own.runs[:first]) if _is_head(run, own.title)), None)
    if head is None:
        return []
    start = fold(blocks[0].text)[:LEAD_CHARS] if blocks else ""
    known = [fold(description)[:LEAD_CHARS] for description in descriptions if description]
    page = own.page
    between = own.runs[head + 1 : first]
    for run in between:
        folded = fold(run.text)
        if not LEAD_CHARS <= len(folded) <= MAX_LEAD_CHARS or run.linked > MAX_LINK_SHARE * len(run.text):
            continue
        if folded == own.title or folded.startswith(start):
            continue
        if "alternativeHeadline" in _itemprop(page, run.at):
            continue  # the page itself calls it a second headline
        told = any(folded.startswith(said[:LEAD_CHARS]) for said in known if len(said) >= LEAD_CHARS)
        if told or _is_lead(page, run.at) or (own.is_plain and _is_unnamed_paragraph(page, run)):
            return [Block(one.text, PARAGRAPH) for one in between if one is run or _are_alike(page, one, run)]
    return []


def _is_head(run: Run, title: str) -> bool:
    return run.tag == "h1" or (run.tag in HEADS and fold(run.text) == title)


def _is_unnamed_paragraph(page: Outline, run: Run) -> bool:
    return run.tag in ("p", "h2", "h3") and not is_named(page, run.at, {0: False})


def _are_alike(page: Outline, one: Run, other: Run) -> bool:
    name = page.classes[one.at]
    return bool(name) and (name, one.tag, page.parents[one.at]) == (
        page.classes[other.at],
        other.tag,
        page.parents[other.at],
    )


def _is_lead(page: Outline, at: int) -> bool:
    for up in islice((at, *page.ancestors(at)), 3):
        if page.tags[up] in {"body", "main", "article"}:
            return False
        if _LEAD.search(f"{page.classes[up]} {page.ids[up]} {_itemprop(page, up)}"):
            return True
    return False


def _itemprop(page: Outline, at: int) -> str:
    return page.elements[at].get("itemprop") or ""
