"""The summary between headline and body, which most sites keep outside the body's container."""

import re
from collections.abc import Sequence

from lxml import html

from warta.transforms.extract.body import PARAGRAPH, Block
from warta.transforms.extract.own import OwnReading, is_named
from warta.transforms.extract.runs import HEADS, MAX_LINK_SHARE, Run
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
    between = own.runs[head + 1 : first]
    for run in between:
        folded = fold(run.text)
        if not LEAD_CHARS <= len(folded) <= MAX_LEAD_CHARS or run.linked > MAX_LINK_SHARE * len(run.text):
            continue
        if folded == own.title or folded.startswith(start):
            continue
        if "alternativeHeadline" in (run.element.get("itemprop") or ""):
            continue  # the page itself calls it a second headline
        told = any(folded.startswith(said[:LEAD_CHARS]) for said in known if len(said) >= LEAD_CHARS)
        if told or _is_lead(run.element) or (own.is_plain and _is_unnamed_paragraph(run, own.body)):
            return [Block(one.text, PARAGRAPH) for one in between if one is run or _are_alike(one, run)]
    return []


def _is_head(run: Run, title: str) -> bool:
    return run.tag == "h1" or (run.tag in HEADS and fold(run.text) == title)


def _is_unnamed_paragraph(run: Run, body: html.HtmlElement) -> bool:
    return run.tag in ("p", "h2", "h3") and not is_named(run.element, {body: False})


def _are_alike(one: Run, other: Run) -> bool:
    mine, theirs = one.element, other.element
    name = mine.get("class")
    return bool(name) and (name, mine.tag, mine.getparent()) == (
        theirs.get("class"),
        theirs.tag,
        theirs.getparent(),
    )


def _is_lead(element: html.HtmlElement) -> bool:
    for at, up in enumerate((element, *element.iterancestors())):
        if at > 2 or up.tag in {"body", "main", "article"}:
            return False
        if _LEAD.search(f"{up.get('class') or ''} {up.get('id') or ''} {up.get('itemprop') or ''}"):
            return True
    return False
