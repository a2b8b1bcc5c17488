"""The stored tables: one Arrow schema each, every field documented.

`warta.pipelines.look.schema_doc` writes `schemas/README.md` from these; a test keeps it current. Schemas are
never inferred from data. Adding a nullable column raises `SCHEMA_VERSION`; anything else is a
migration (`transforms/store/migrate.py`).
"""

import pyarrow as pa

SCHEMA_VERSION = 2

TIMESTAMP = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.string())
REMOVED = pa.list_(
    pa.struct([pa.field("rule", pa.string()), pa.field("blocks", pa.int32()), pa.field("chars", pa.int32())])
)

OVERLAPS = pa.list_(pa.struct([pa.field("id", pa.string()), pa.field("containment", pa.float32())]))


def _field(name: str, type_: pa.DataType, doc: str, *, required: bool = False) -> pa.Field:
    return pa.field(name, type_, nullable=not required, metadata={"doc": doc})


ARTICLES = pa.schema(
    [
        _field(
            "id",
            pa.string(),
            "32 hex characters, the same for ever; with `revision` the key of the table.",
            required=True,
        ),
        _field("url", pa.string(), "The address that was fetched.", required=True),
        _field(
            "canonical_url",
            pa.string(),
            "What the page calls itself, else `url`, in canonical form.",
            required=True,
        ),
        _field(
            "publisher",
            pa.string(),
            "Display name from the feed list, else the page's site name or host.",
            required=True,
        ),
        _field("feed_url", pa.string(), "The feed that announced it.", required=True),
        _field("title", pa.string(), "Headline without the site's name.", required=True),
        _field("authors", STRINGS, "People in byline order; never the owner or the newsroom.", required=True),
        _field("editors", STRINGS, "Editors named on the page.", required=True),
        _field("published", TIMESTAMP, "Instant of publication."),
        _field(
            "published_source",
            pa.string(),
            "json_ld, meta, time, visible, feed, url or fetched.",
            required=True,
        ),
        _field("modified", TIMESTAMP, "Instant of the last change that the page declares."),
        _field("announced_at", TIMESTAMP, "When a poll first saw the entry."),
        _field("fetched_at", TIMESTAMP, "When the page was fetched.", required=True),
        _field("topic_score", pa.float32(), "0 to 1; how sure the topic is.", required=True),
        _field("topic_source", pa.string(), "feed, section, url, text or none.", required=True),
        _field("topic_qcode", pa.string(), "IPTC Media Topics code of `topic`."),
        _field(
            "language", pa.string(), "ISO 639 code of the text, `und` when it cannot be known.", required=True
        ),
        _field("language_score", pa.float32(), "0 to 1.", required=True),
        _field("language_source", pa.string(), "What decided the language.", required=True),
        _field("section", pa.string(), "The publisher's own section."),
        _field("dateline", pa.string(), 'Place at the head of the text ("Jakarta").'),
        _field("text", pa.string(), "Clean body; paragraphs separated by a blank line.", required=True),
        _field("text_chars", pa.int32(), "Length of `text` in Unicode code points.", required=True),
        _field("image_url", pa.string(), "Lead image."),
        _field("caption", pa.string(), "Caption of the lead image."),
        _field("tags", STRINGS, "The publisher's keywords.", required=True),
        _field(
            "paywalled",
            pa.bool_(),
            "As the page declares (isAccessibleForFree) or HTTP says; null when neither does.",
        ),
        _field(
            "similar_to", pa.string(), "Id of an earlier article that shares half to four fifths of the text."
        ),
        _field("containment", pa.float32(), "Share of the smaller text's 5-grams found in `similar_to`."),
        _field(
            "overlaps",
            OVERLAPS,
            "Every earlier article that shares half the text or more; `similar_to` is the first.",
        ),
        _field("removed", REMOVED, "Boilerplate cut from the page, by rule.", required=True),
        _field("content_hash", pa.string(), "Hash of the normalised text.", required=True),
        _field("revision", pa.int32(), "1 for the first version; highest is current.", required=True),
        _field("previous_hash", pa.string(), "`content_hash` of the revision before."),
        _field("run_id", pa.string(), "The run that stored it.", required=True),
        _field("schema_version", pa.int32(), "Version of this schema.", required=True),
        _field("date", pa.date32(), "Publisher-local day of publication (partition).", required=True),
        _field("topic", pa.string(), "IPTC Media Topics slug or `unknown` (partition).", required=True),
    ]
)

DUPLICATES = pa.schema(
    [
        _field("id", pa.string(), "Id of the duplicate.", required=True),
        _field("url", pa.string(), "Its address.", required=True),
        _field("publisher", pa.string(), "Who published the copy.", required=True),
        _field("feed_url", pa.string(), "The feed that announced it.", required=True),
        _field("title", pa.string(), "Its headline."),
        _field("published", TIMESTAMP, "When the copy appeared."),
        _field("fetched_at", TIMESTAMP, "When it was fetched.", required=True),
        _field("dup_of", pa.string(), "Id of the article it repeats.", required=True),
        _field("dup_of_publisher", pa.string(), "Who published that one."),
        _field("dup_kind", pa.string(), "url, exact or near.", required=True),
        _field("containment", pa.float32(), "Share of the smaller text's 5-grams found in the other."),
        _field("overlaps", OVERLAPS, "Every earlier article that shares half the text or more."),
        _field("text", pa.string(), "Full text, when asked for (`--keep-duplicate-text`)."),
        _field("run_id", pa.string(), "The run that met it.", required=True),
        _field("schema_version", pa.int32(), "Version of this schema.", required=True),
        _field("date", pa.date32(), "Publisher-local day (partition).", required=True),
    ]
)

REJECTIONS = pa.schema(
    [
        _field("url", pa.string(), "The announced address, or the feed's.", required=True),
        _field("url_id", pa.string(), "Key of the address; empty for a feed."),
        _field("feed_url", pa.string(), "The feed that announced it.", required=True),
        _field("publisher", pa.string(), "Its publisher.", required=True),
        _field("stage", pa.string(), "Where it ended.", required=True),
        _field("reason", pa.string(), "A code of the closed list.", required=True),
        _field("detail", pa.string(), "What was seen.", required=True),
        _field("rejected_at", TIMESTAMP, "When.", required=True),
        _field("run_id", pa.string(), "The run that met it.", required=True),
        _field("schema_version", pa.int32(), "Version of this schema.", required=True),
        _field("date", pa.date32(), "UTC day of `rejected_at` (partition).", required=True),
    ]
)

FEEDS = pa.schema(
    [
        _field("feed_url", pa.string(), "The feed.", required=True),
        _field("publisher", pa.string(), "Its publisher.", required=True),
        _field("run_id", pa.string(), "The run.", required=True),
        _field("polled_at", TIMESTAMP, "When it was polled, or passed over.", required=True),
        _field(
            "status", pa.string(), "ok, not_modified, unchanged, failed, not_due or deferred.", required=True
        ),
        _field("http_status", pa.int32(), "Last HTTP status."),
        _field("reason", pa.string(), "Why it failed."),
        _field("detail", pa.string(), "What was seen."),
        _field("entries", pa.int32(), "Entries it listed.", required=True),
        _field("new_entries", pa.int32(), "Those not known before.", required=True),
        _field("newest", TIMESTAMP, "Newest entry date."),
        _field("next_poll", TIMESTAMP, "When it is due again."),
        _field("failures", pa.float32(), "Weighted failures since the last success.", required=True),
        _field("failing_since", TIMESTAMP, "First failure since the last success."),
        _field("body_bytes", pa.int64(), "Size of the answer.", required=True),
        _field("elapsed_s", pa.float32(), "Time the request took.", required=True),
        _field("schema_version", pa.int32(), "Version of this schema.", required=True),
        _field("date", pa.date32(), "UTC day of `polled_at` (partition).", required=True),
    ]
)

STORIES = pa.schema(
    [
        _field("story_id", pa.string(), "Id of the story's earliest article.", required=True),
        _field("article_ids", STRINGS, "Articles of the story, earliest first.", required=True),
        _field("publishers", STRINGS, "Distinct publishers, sorted.", required=True),
        _field("headline", pa.string(), "Title of the earliest article.", required=True),
        _field("first_seen", TIMESTAMP, "Earliest publication.", required=True),
        _field("last_seen", TIMESTAMP, "Latest publication.", required=True),
        _field("run_id", pa.string(), "The run that last touched it.", required=True),
        _field("schema_version", pa.int32(), "Version of this schema.", required=True),
        _field("date", pa.date32(), "UTC day of `first_seen` (partition).", required=True),
    ]
)

TABLES: dict[str, pa.Schema] = {
    "articles": ARTICLES,
    "duplicates": DUPLICATES,
    "rejections": REJECTIONS,
    "feeds": FEEDS,
    "stories": STORIES,
}
PARTITIONS: dict[str, tuple[str, ...]] = {
    "articles": ("date", "topic"),
    "duplicates": ("date",),
    "rejections": ("date",),
    "feeds": ("date",),
    "stories": ("date",),
}
