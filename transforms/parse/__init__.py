"""Room card: from the bytes of a feed, or of the user's feed list, to entries and feeds.

Here live the readers of RSS, RDF, Atom and CDF (through feedparser, the room's outside library), of JSON Feed
and of news sitemaps, the readers of feed lists (TOML, plain text, OPML) and the search for the feeds that a
homepage announces (lxml). All of them end in the same nouns, with every address and date already in order.
Kept out: fetching, and knowing what was seen before.

The hard decision: the bytes are decoded and tidied here, and feedparser gets clean UTF-8 from memory. Given a
string it would open URLs and files, given raw bytes it misjudges charsets, keeps NULs and meets entity
declarations. The refused option was to trust its own detection and repair the result. Dates are read again
from the raw strings, because feedparser takes WIB, WITA and WIT for UTC.
"""
