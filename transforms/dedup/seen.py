"""What a listed entry is: new, known, changed or a repeat. And what an ending leaves in the index. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.outcome import Duplicate, Rejection
from warta.schemas.record import Record
from warta.transforms.dedup.model import IndexRow, Kind, Known, Verdict
from warta.transforms.dedup.rows import digest_bits, feed_bits
from warta.transforms.urls import canonical_url


def pick_entry(entries: Iterable[Entry], known: Known | None = None) -> tuple[Entry, list[Entry]]:
    """Return the entry that speaks for a URL, and the repeats, whatever order they came in.

    One that waits for another try goes first, so that its tries are not forgotten; then one that tells of a
    change; then one with the plain address, whose page says more than its AMP or mobile form; then one whose
    feed names a topic or a section, which says more than the feed of everything; then the feed's address. The
    order of the feed list has no say: a shuffled list stores the same rows.

    Args:
      known: what the index says of the URL.
    """

    def place(entry: Entry) -> tuple[int, bool, bool, bool, bool, str, str, str]:
        worse = (is_settled(entry, known), not _is_plain(entry.url), not entry.topic, not entry.section)
        return (-entry.attempts, *worse, entry.feed_url, entry.digest, entry.url)

    first, *repeats = found = list(entries)
    if not repeats:
        return first, []
    first, *repeats = sorted(found, key=place)
    seen = [entry.announced_at for entry in (first, *repeats) if entry.announced_at]
    return replace(first, announced_at=min(seen) if seen else None), repeats


def _is_plain(url: str) -> bool:
    """Return whether an address is the article's identity but for the scheme and `www.`."""
    return canonical_url(url).partition("//")[2] == url.partition("//")[2].removeprefix("www.")


def is_settled(entry: Entry, known: Known | None) -> bool:
    """Return whether an earlier run has done with this entry.

    A changed digest asks for a new fetch, but only in the feed whose digest was noted: two feeds describe
    one article in different words, and taking turns they would have it fetched at every poll.
    """
    if known is None:
        return False
    comparable = entry.digest and known.digest and known.feed == feed_bits(entry.feed_url)
    return not comparable or known.digest == digest_bits(entry.digest)


def record_of(article: Article, verdict: Verdict) -> Record:
    """Return the row to store for a kept article."""
    similar_to, share = verdict.overlaps[0] if verdict.overlaps else ("", None)
    return Record(
        article=article,
        revision=verdict.revision,
        previous_hash=verdict.previous_hash,
        similar_to=similar_to,
        containment=share,
        overlaps=verdict.overlaps,
    )


def duplicate_of(article: Article, verdict: Verdict, *, keep_text: bool = False) -> Duplicate:
    """Return the row of `duplicates/` for an article that is stored already."""
    return Duplicate(
        id=article.id,
        url=article.url,
        dup_of=verdict.dup_of,
        dup_kind=verdict.dup_kind,
        publisher=article.publisher,
        feed_url=article.feed_url,
        title=article.title,
        published=article.published,
        fetched_at=article.fetched_at,
        date=article.date,
        containment=verdict.overlaps[0][1] if verdict.overlaps else None,
        dup_of_publisher=verdict.dup_of_publisher,
        url_id=article.url_id,
        text=article.text if keep_text else "",
        overlaps=verdict.overlaps,
    )


def rows_of_article(article: Article, verdict: Verdict) -> list[IndexRow]:
    """Return what to remember of a settled article: its id, and its announced address where that differs."""
    url_id = article.url_id or article.id
    if verdict.dup_kind:
        return _rows_of_duplicate(article, verdict, url_id)
    record = IndexRow(
        key=article.id,
        kind=Kind.RECORD,
        digest=article.entry_digest if url_id == article.id else "",
        feed_url=article.feed_url if url_id == article.id else "",
        content_hash=article.content_hash,
        revision=verdict.revision,
        day=article.date,
        seen=article.fetched_at.date(),
        topic=article.topic,
        publisher=article.publisher,
        fingerprint=article.fingerprint,
    )
    if url_id == article.id:
        return [record]
    return [record, _address(article, url_id, Kind.ADDRESS, article.id)]


def rows_of_rejection(rejection: Rejection) -> list[IndexRow]:
    """Return what to remember of an address that came to nothing; nothing of a feed's own failure."""
    if not rejection.url_id:
        return []
    return [
        IndexRow(
            key=rejection.url_id,
            kind=Kind.REJECTED,
            digest=rejection.entry_digest,
            feed_url=rejection.feed_url,
        )
    ]


def _rows_of_duplicate(article: Article, verdict: Verdict, url_id: str) -> list[IndexRow]:
    own = verdict.renewed
    if own and url_id == own.key:  # the record itself, met unchanged: only the feed's words are new
        return [
            IndexRow(
                key=own.key,
                kind=Kind.RECORD,
                digest=article.entry_digest,
                feed_url=article.feed_url,
                content_hash=own.content_hash,
                revision=own.revision,
                day=own.day,
                topic=own.topic,
                publisher=own.publisher,
            )
        ]
    return [_address(article, url_id, Kind.ADDRESS if own else Kind.COPY, verdict.dup_of)]


def _address(article: Article, url_id: str, kind: Kind, target: str) -> IndexRow:
    return IndexRow(
        key=url_id, kind=kind, digest=article.entry_digest, feed_url=article.feed_url, target=target
    )
