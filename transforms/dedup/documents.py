"""Duplicates among a list of documents, in one go: the pipeline's functions without the pipeline. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from warta.transforms.dates import parse_instant
from warta.transforms.dedup.exact import content_hashes
from warta.transforms.dedup.model import Arrival, Verdict
from warta.transforms.dedup.near import fingerprints
from warta.transforms.dedup.place import join_arrivals, place
from warta.transforms.dedup.resolve import has_own_dateline
from warta.transforms.dedup.stories import Telling, find_stories
from warta.transforms.urls import article_id, site_host

Row = dict[str, Any]


def dedup_documents(docs: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the place of every document among the others, in input order.

    Args:
      docs: `{id, url, title, text, published}`, and `publisher`, `dateline` where they are known. Only `id`
        and `text` are needed. Documents are compared whatever lies between their dates.

    Returns:
      `{id, dup_of, dup_kind, similar_to, containment, overlaps, story_id}`. `dup_of` names the document that
      survives, `similar_to` the closest other one that shares half the text or more, `overlaps` all kept
      documents that do. `story_id` is the id of the story's earliest document; a document without company is
      its own story, a duplicate belongs to the story of its original.
    """
    rows = list(docs)
    arrivals, verdicts = place_documents(rows)
    return _rows(rows, arrivals, {verdict.key: verdict for verdict in verdicts})


def place_documents(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Arrival], list[Verdict]]:
    """Return documents as arrivals, keyed by their place in the list, and their verdicts in order of rank."""
    texts = [str(row.get("text") or "") for row in rows]
    signs = zip(content_hashes(texts), fingerprints(texts), strict=True)
    arrivals = [
        _arrival(str(place_), row, *sign) for place_, (row, sign) in enumerate(zip(rows, signs, strict=True))
    ]
    by_key = {arrival.key: text for arrival, text in zip(arrivals, texts, strict=True)}
    return arrivals, place(arrivals, join_arrivals(arrivals, window_days=None), by_key)


def _arrival(key: str, row: Mapping[str, Any], content: str, print_: bytes) -> Arrival:
    url = str(row.get("url") or "")
    published = _instant(row.get("published"))
    publisher = str(row.get("publisher") or "") or _host(url)
    return Arrival(
        key=key,
        id=_identity(url, row),
        content_hash=content,
        publisher=publisher,
        published=published,
        own_dateline=has_own_dateline(str(row.get("dateline") or ""), publisher),
        day=published.date() if published else None,
        fingerprint=print_,
    )


def _rows(
    rows: Sequence[Mapping[str, Any]], arrivals: Sequence[Arrival], verdicts: Mapping[str, Verdict]
) -> list[Row]:
    kept = [one for one in arrivals if not verdicts[one.key].dup_kind]
    names = {one.id: rows[int(one.key)].get("id") for one in kept}
    stories = find_stories(
        Telling(
            id=one.id,
            title=str(rows[int(one.key)].get("title") or ""),
            text=str(rows[int(one.key)].get("text") or ""),
            published=one.published,
            publisher=one.publisher,
        )
        for one in kept
    )
    story_of = {id_: story.id for story in stories for id_ in story.article_ids}
    return [
        _row(row, one, verdicts[one.key], names, story_of) for row, one in zip(rows, arrivals, strict=True)
    ]


def _row(
    row: Mapping[str, Any],
    arrival: Arrival,
    verdict: Verdict,
    names: Mapping[str, Any],
    story_of: Mapping[str, str],
) -> Row:
    overlaps = [{"id": names[id_], "containment": round(share, 4)} for id_, share in verdict.overlaps]
    others = overlaps[1:] if verdict.dup_kind else overlaps
    return {
        "id": row.get("id"),
        "dup_of": names[verdict.dup_of] if verdict.dup_kind else None,
        "dup_kind": verdict.dup_kind or None,
        "similar_to": others[0]["id"] if others else None,
        "containment": overlaps[0]["containment"] if overlaps else None,
        "overlaps": overlaps,
        "story_id": names[story_of[verdict.dup_of or arrival.id]],
    }


def _identity(url: str, row: Mapping[str, Any]) -> str:
    try:
        return article_id(url)
    except ValueError:
        return f"{row.get('id')}"


def _host(url: str) -> str:
    try:
        return site_host(url)
    except ValueError:
        return ""


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return parse_instant(str(value)) if value else None
