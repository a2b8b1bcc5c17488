"""Feed lists: what they say is what is read, and every mistake has a file and a line."""

from pathlib import Path

import pytest

from warta.schemas.feed import Feed
from warta.transforms.parse.feed_list import FeedListError, format_feed_list, parse_feed_list, read_feed_list

ROOT = Path(__file__).parents[3]

TOML = """
[defaults]
language = "id"
timezone = "Asia/Jakarta"

[[feed]]
url = "https://a.test/rss"
publisher = "Harian A"
section = "Ekonomi"
topic = "economy"

[[feed]]
url = "https://b.test/rss"   # the English edition
language = "en-GB"
timezone = "WITA"
"""


def test_a_toml_list_reads_as_written_over_its_defaults() -> None:
    assert parse_feed_list(TOML, "x.toml") == (
        Feed("https://a.test/rss", "Harian A", "id", "Asia/Jakarta", "economy", "Ekonomi"),
        Feed("https://b.test/rss", "", "en", "WITA"),
    )


def test_a_text_list_has_one_address_a_line() -> None:
    text = "# mine\nhttps://a.test/rss\n\n  https://b.test/?feed=rss2#x  # theirs\n"
    assert [feed.url for feed in parse_feed_list(text, "x.txt")] == [
        "https://a.test/rss",
        "https://b.test/?feed=rss2#x",
    ]


OPML = """<?xml version="1.0"?>

<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Nasional">
  <outline text="Harian A" title="Harian A" type="rss" xmlUrl="https://a.test/rss" htmlUrl="https://a.test/"/>
  <outline text="Daerah"><outline text="Harian B" xmlUrl="https://b.test/rss" language="in-ID"/></outline>
</outline>
<outline text="Harian C" xmlUrl="https://c.test/rss" category="/Indonesia/Olahraga,/x"/>
<outline text="no feed here" type="link" url="https://d.test/"/>
</body></opml>"""


def test_an_opml_list_keeps_names_and_folders() -> None:
    assert parse_feed_list(OPML, "x.opml") == (
        Feed("https://a.test/rss", "Harian A", section="Nasional"),
        Feed("https://b.test/rss", "Harian B", language="id", section="Daerah"),
        Feed("https://c.test/rss", "Harian C", section="Olahraga"),
    )


def test_an_imported_list_reads_back_the_same() -> None:
    feeds = (*parse_feed_list(OPML, "x.opml"), Feed("https://e.test/", 'Say "hi" \\ \n there'))
    assert parse_feed_list(format_feed_list(feeds), "x.toml") == feeds


FEED = '[[feed]]\nurl = "https://a.test"\n'
MISTAKES = [
    ("toml", FEED + 'sektion = "x"', "3: unknown key 'sektion'; did you mean 'section'?"),
    ("toml", FEED + 'colour = "x"', "3: unknown key 'colour'; use one of url, publisher"),
    ("toml", '[[feed]]\nurl = "ftp://a.test"', "2: bad url 'ftp://a.test': scheme 'ftp:'"),
    ("toml", '[[feed]]\nurl = "a.test/rss"', "2: bad url 'a.test/rss': address is not absolute; give a full"),
    ("toml", '\n[[feed]]\nlanguage = "id"', "2: url is missing"),
    ("toml", "[[feed]]\nurl = 5", "2: url is not text; put it in quotes"),
    ("toml", FEED + 'topic = "sports"', "3: unknown topic 'sports'; did you mean 'sport'?"),
    ("toml", FEED + 'topic = "unknown"', "3: unknown topic 'unknown'; use one of"),
    ("toml", FEED + 'timezone = "Jakarta"', "3: unknown time zone 'Jakarta'; use a name"),
    ("toml", FEED + 'language = "bahasa"', "3: unknown language 'bahasa'; use a code"),
    ("toml", FEED + '\n[[feed]]\nurl = "http://a.test/"', "5: http://a.test/ is listed already on line 2"),
    ("toml", '[defaults]\nlanguage = "xx"\n[[feed]]\nurl = "https://a.test"', "2: unknown language 'xx'"),
    ("toml", '[defaults]\nurl = "https://a.test"', "2: url in [defaults]"),
    ("toml", '[[feeds]]\nurl = "https://a.test"', "1: unknown table 'feeds'; write [[feed]]"),
    ("toml", '[feed]\nurl = "https://a.test"', "1: feeds are written as [[feed]] tables"),
    ("toml", 'feed = ["https://a.test"]', "1: a feed is a table"),
    ("toml", '[[feed]]\nurl = "https://a.test', "2: not TOML"),
    ("toml", "[[feed]]\nurl = https://a.test", "2: not TOML"),
    ("toml", "# nothing", "1: lists no feed"),
    ("txt", "https://a.test\njavascript:alert(1)", "2: bad url 'javascript:alert(1)'"),
    ("txt", "https://a.test\n\nhttps://a.test", "3: https://a.test is listed already on line 1"),
    ("txt", "", "1: lists no feed"),
    ("opml", OPML.replace("b.test/rss", "a.test/rss"), "6: https://a.test/rss is listed already on line 5"),
    ("opml", "<opml><body>", "1: not XML"),
    ("opml", "<rss/>", "1: the first element is <rss>, not <opml>"),
    ("opml", "<!DOCTYPE o [<!ENTITY a 'b'>]><opml/>", "1: declares an XML entity"),
    ("opml", "<opml><body/></opml>", "1: lists no feed"),
]


@pytest.mark.parametrize(("kind", "text", "message"), MISTAKES, ids=[row[2][:60] for row in MISTAKES])
def test_a_mistake_is_refused_with_file_and_line(kind: str, text: str, message: str) -> None:
    with pytest.raises(FeedListError) as caught:
        parse_feed_list(text, f"list.{kind}")
    assert str(caught.value).startswith(f"list.{kind}:{message}")
    assert "; " in str(caught.value)


def test_several_mistakes_are_told_at_once_in_order() -> None:
    text = '[[feed]]\nurl = "x"\ntopic = "y"\n[[feed]]\nurl = "https://b.test"\nwrong = "z"'
    with pytest.raises(FeedListError) as caught:
        parse_feed_list(text, "x.toml")
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["2", "3", "6"]


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("x.json", b"[]", "ends in .toml"),
        ("x.txt", b"\xff\xfe", "not UTF-8"),
        ("none.toml", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_a_list_says_so(
    tmp_path: Path, name: str, body: bytes | None, says: str
) -> None:
    path = tmp_path / name
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(FeedListError, match=says):
        read_feed_list(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "x.TXT"
    path.write_bytes(b"\xef\xbb\xbfhttps://a.test/rss\r\n")
    assert read_feed_list(path) == (Feed("https://a.test/rss"),)
