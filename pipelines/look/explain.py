"""`warta explain`: one page, stage by stage: what was kept, what was cut, and why."""

import argparse
import gzip
import logging
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from warta.pipelines.options import UsageError
from warta.pipelines.reading.page import Reading, read_html
from warta.pipelines.reading.worker import labeller
from warta.transforms.extract.errors import ExtractError
from warta.transforms.fetch.model import FetchError
from warta.transforms.label.model import Labels
from warta.transforms.text import join_paragraphs
from warta.transforms.urls import article_id, canonical_url

MOST_CUT_CHARS = 200


def explain(args: argparse.Namespace, _: list[str]) -> int:
    """Fetch or read one page and print what each stage makes of it."""
    console = Console()
    try:
        body, url, content_type = page_of(args)
        reading = read_html(body, url, content_type=content_type, now=datetime.now(UTC))
    except FetchError as error:
        console.print(Text(f"not fetched: {error.reason}: {error.detail} ({error.url})", style="red"))
        return 1
    except ExtractError as error:
        console.print(Text(f"no article: {error.reason}: {error.detail}", style="red"))
        return 1
    said = reading.metadata
    labels = labeller().label(
        said.title,
        join_paragraphs(reading.paragraphs),
        url=url,
        declared_language=said.language_declared,
        section=said.section,
    )
    console.print(facts(url, reading, labels))
    console.print(kept(reading))
    console.print(cut(reading))
    return 0


def page_of(args: argparse.Namespace) -> tuple[bytes, str, str]:
    """Return the body, address and content type of the page that is asked about.

    Raises:
      UsageError: when it is neither an address nor a file.
      FetchError: when the address gives no page.
    """
    if "://" in args.page:
        from warta.pipelines.options import checked_connections
        from warta.transforms.fetch.http import fetch_one

        logging.getLogger("aiohttp").setLevel(logging.ERROR)
        page = fetch_one(args.page, checked_connections(args))
        return page.body, page.final_url, page.headers.get("content-type", "")
    path = Path(args.page)
    if not path.is_file():
        raise UsageError(f"{args.page}: neither an address nor a file")
    body = path.read_bytes()
    body = gzip.decompress(body) if path.suffix == ".gz" else body
    return body, args.url or path.resolve().as_uri(), ""


def facts(url: str, reading: Reading, labels: Labels) -> Table:
    """Return the table of what was found and where it came from."""
    said = reading.metadata
    table = Table("what", "value", "from", show_edge=False, pad_edge=False)
    for row in (
        ("title", said.title, said.title_source),
        ("authors", ", ".join(said.authors), said.authors_source),
        ("editors", ", ".join(said.editors), ""),
        ("published", said.published.isoformat() if said.published else "", said.published_source),
        ("  also said", "; ".join(said.published_conflicts), "disagree"),
        ("modified", said.modified.isoformat() if said.modified else "", ""),
        ("section", said.section, said.section_source),
        ("tags", ", ".join(said.tags), ""),
        ("dateline", reading.dateline, ""),
        ("language", f"{labels.language} ({labels.language_score:.2f})", labels.language_source),
        ("topic", f"{labels.topic} ({labels.topic_score:.2f})", labels.topic_source),
        ("  because of", ", ".join(labels.why), ""),
        ("image", said.image_url, ""),
        ("caption", said.caption, ""),
        ("paywalled", "" if said.paywalled is None else str(said.paywalled), ""),
        ("canonical", _canonical(said.canonical_url or url), ""),
        ("next page", said.next_page, ""),
        ("body", f"{len(join_paragraphs(reading.paragraphs))} characters", reading.candidate),
        ("  doubts", "; ".join(reading.evidence), ""),
    ):
        if row[1]:
            table.add_row(*(Text(cell) for cell in row))
    return table


def kept(reading: Reading) -> Group:
    """Return the paragraphs that stay."""
    parts = [Text(f"\nKept: {len(reading.paragraphs)} paragraphs", style="bold green")]
    return Group(*parts, *(Padding(Text(paragraph), (0, 0, 1, 2)) for paragraph in reading.paragraphs))


def cut(reading: Reading) -> Group:
    """Return every removed block beside the rule that removed it and its evidence."""
    parts: list[Text] = [Text(f"Cut: {len(reading.removed)} blocks", style="bold red")]
    for block in reading.removed:
        parts.append(Text(f"  [{block.rule}] {block.evidence}", style="yellow"))
        shown = " ".join(block.text.split())
        more = f" … ({len(shown)} characters)" if len(shown) > MOST_CUT_CHARS else ""
        parts.append(Text(f"    {shown[:MOST_CUT_CHARS]}{more}", style="dim"))
    return Group(*parts)


def _canonical(url: str) -> str:
    try:
        canonical = canonical_url(url)
    except ValueError:
        return ""
    return f"{canonical}  id {article_id(canonical)}"
