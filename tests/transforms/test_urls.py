"""Addresses: one article, one id; two articles, two ids; nothing unsafe to request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate import urls as gate
from warta.transforms import urls


@pytest.mark.parametrize(
    ("given_url", "base", "wanted"),
    [
        ("https://a.test/x#komentar", "", "https://a.test/x"),
        ("HTTP://A.Test:80/x", "", "http://a.test/x"),
        ("https://a.test:8443", "", "https://a.test:8443/"),
        ("  https://a.test/a b\n ", "", "https://a.test/a%20b"),
        ("https://a.test/berita/él%c3%a9", "", "https://a.test/berita/%C3%A9l%c3%a9"),
        ("../lain?id=2", "https://a.test/rubrik/satu/", "https://a.test/rubrik/lain?id=2"),
        ("//b.test/x", "https://a.test/", "https://b.test/x"),
        ("https://a.test/x/../y/./z", "", "https://a.test/y/z"),
        ("https://a.test/x?utm_source=rss&utm_medium=feed", "", "https://a.test/x"),
        ("https://a.test/x?b=2&fbclid=Q&a=1", "", "https://a.test/x?b=2&a=1"),
        (
            "https://a.test/x?keyword=banjir&source=antara",
            "",
            "https://a.test/x?keyword=banjir&source=antara",
        ),
        ("https://bücher.test/", "", "https://xn--bcher-kva.test/"),
        ("http://[2001:db8::1]:8080/x", "", "http://[2001:db8::1]:8080/x"),
        ("https:\\\\a.test\\x", "", "https://a.test/x"),
    ],
)
def test_request_url_is_absolute_and_clean(given_url: str, base: str, wanted: str) -> None:
    assert urls.request_url(given_url, base) == wanted


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("javascript:alert(1)", "javascript"),
        ("data:text/html,x", "data"),
        ("file:///etc/passwd", "file"),
        ("mailto:redaksi@a.test", "mailto"),
        ("ftp://a.test/x", "ftp"),
        ("berita/123", "not absolute"),
        ("https://", "no host"),
        ("https:///x", "no host"),
        ("https://a.test:99999/", "cannot be read"),
        ("https://[::1", "cannot be read"),
        ("https://user:sandi@a.test/", "user name"),
        ("https://a b.test/", "not a name"),
        ("https://a.test/" + "x" * 5_000, "5015 characters"),
        ("x" * 100_000, "100000 characters"),
    ],
)
def test_what_cannot_be_requested_says_why(bad: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        urls.request_url(bad)


def test_a_script_link_is_refused_beside_a_base_too() -> None:
    with pytest.raises(ValueError, match="javascript"):
        urls.request_url("java\nscript:alert(1)", "https://a.test/")


SAME = [
    ("scheme", "http://a.test/berita/x", "https://a.test/berita/x"),
    ("www", "https://www.a.test/x", "https://a.test/x"),
    ("mobile host", "https://m.a.test/x", "https://www.a.test/x"),
    ("mobile label inside", "https://en.m.a.test/x", "https://en.a.test/x"),
    ("amp host", "https://amp.a.test/x", "https://a.test/x"),
    ("amp path behind", "https://a.test/x/amp/", "https://a.test/x"),
    ("amp path before", "https://a.test/amp/x", "https://a.test/x"),
    ("amp file", "https://a.test/x.amp.html", "https://a.test/x.html"),
    ("amp parameter", "https://a.test/x?amp=1", "https://a.test/x"),
    ("output parameter", "https://a.test/x?outputType=amp", "https://a.test/x"),
    ("all pages", "https://a.test/x?page=all", "https://a.test/x"),
    ("shown pages", "https://a.test/banjir-di-kota-lama?showpage=all", "https://a.test/banjir-di-kota-lama"),
    ("page parameter", "https://a.test/banjir-di-kota-lama?page=3", "https://a.test/banjir-di-kota-lama"),
    ("full path", "https://a.test/banjir-di-kota-lama-24x/full", "https://a.test/banjir-di-kota-lama-24x"),
    ("page path", "https://a.test/banjir-di-kota-lama/2", "https://a.test/banjir-di-kota-lama"),
    ("came from feed", "https://a.test/x?source=rss", "https://a.test/x"),
    ("order", "https://a.test/x?b=2&a=1", "https://a.test/x?a=1&b=2"),
    ("slash", "https://a.test/x/", "https://a.test/x"),
    ("escapes", "https://a.test/%7ebudi/%c3%a9", "https://a.test/~budi/%C3%A9"),
    ("port", "https://a.test:443/x", "http://a.test:80/x"),
    (
        "slug changed, liputan6",
        "https://a.test/tekno/read/6055934/soltis",
        "https://a.test/tekno/read/6055934/solstis",
    ),
    ("section moved, read", "https://a.test/bisnis/read/6055970/a", "https://a.test/news/read/6055970/a"),
    ("okezone", "https://e.test/read/2019/09/19/20/2106871/a", "https://e.test/read/2019/09/19/20/2106871/b"),
    (
        "kompas",
        "https://b.test/read/2019/09/17/06150008/a",
        "https://b.test/read/2019/09/17/06150008/b?page=all",
    ),
    ("kompas code", "https://h.test/read/24E11100000268/a", "https://h.test/read/24E11100000268/b"),
    (
        "sindonews",
        "https://e.test/read/1441275/34/a-1568894893",
        "https://e.test/read/1441275/34/b-1568894893",
    ),
    ("bisnis", "https://e.test/read/20261121/12/1441275/a", "https://e.test/read/20261121/12/1441275/b"),
    ("detik", "https://news.d.test/berita/d-7016153/a", "https://news.d.test/jabar/d-7016153/b/2"),
    (
        "detik before",
        "https://i.test/read/2015/11/05/100026/3062623/323/a",
        "https://i.test/read/2015/11/05/100026/3062623/323/b",
    ),
    (
        "pikiran rakyat",
        "https://a.test/nasional/pr-019876543/a",
        "https://a.test/nasional/pr-019876543/b?page=2",
    ),
    ("antara", "https://a.test/berita/546643/a", "https://a.test/berita/546643/b"),
    (
        "cnn",
        "https://c.test/nasional/20261121140512-12-1234567/a",
        "https://c.test/nasional/20261121140512-12-1234567/b",
    ),
    (
        "tempo",
        "https://www.tempo.co/hukum/judul-lama-2253339",
        "https://www.tempo.co/hukum/judul-baru-2253339",
    ),
    ("viva", "https://www.viva.co.id/bola/1234567-judul-lama", "https://www.viva.co.id/bola/1234567-baru"),
]


@pytest.mark.parametrize(("_", "one", "other"), SAME, ids=[row[0] for row in SAME])
def test_one_article_has_one_id(_: str, one: str, other: str) -> None:
    assert urls.article_id(one) == urls.article_id(other)


DIFFERENT = [
    ("numbers", "https://a.test/news/read/6055970/a", "https://a.test/news/read/6055971/a"),
    ("hosts", "https://bola.a.test/read/6055970/a", "https://news.a.test/read/6055970/a"),
    ("photo and text", "https://a.test/foto/read/6055970/a", "https://a.test/news/read/6055970/a"),
    ("photo and text, no read", "https://a.test/foto/546643/a", "https://a.test/berita/546643/a"),
    ("same second", "https://s.test/news/2026/11/21/140512/a", "https://s.test/news/2026/11/21/140512/b"),
    (
        "same second, read",
        "https://s.test/read/2026/11/21/140512/a",
        "https://s.test/read/2026/11/21/140512/b",
    ),
    ("two days", "https://b.test/read/2019/09/17/06150008/a", "https://b.test/read/2019/09/18/06150008/a"),
    ("a day is no number", "https://b.test/news/20261121/a", "https://b.test/news/20261121/b"),
    ("a month is no number", "https://b.test/news/202611/a", "https://b.test/news/202611/b"),
    ("a stamp is no number", "https://b.test/news/20261121140512/a", "https://b.test/news/20261121140512/b"),
    ("a topic is no article", "https://b.test/topik/1234567/a", "https://b.test/topik/1234567/b"),
    ("a blog is no article", "https://b.test/1234567/a", "https://b.test/1234567/b"),
    ("a phone number", "https://b.test/bank/hubungi-kami-1500888", "https://b.test/bank/nomor-baru-1500888"),
    ("a sum of money", "https://b.test/news/1000000-warga", "https://b.test/news/1000000-rumah"),
    ("a list of everything", "https://b.test/berita/all", "https://b.test/berita"),
    ("chapters", "https://b.test/novel/2", "https://b.test/novel/3"),
    ("scripts", "https://b.test/baca.php?id=1", "https://b.test/baca.php?id=2"),
    ("front pages", "https://b.test/?page=2", "https://b.test/?page=3"),
    ("sources that matter", "https://b.test/x?source=antara", "https://b.test/x?source=reuters"),
    ("case of the path", "https://b.test/AbC", "https://b.test/abc"),
]


@pytest.mark.parametrize(("_", "one", "other"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_two_articles_have_two_ids(_: str, one: str, other: str) -> None:
    assert urls.article_id(one) != urls.article_id(other)


def test_an_id_is_stable_over_releases() -> None:
    assert urls.article_id("https://contoh.test/berita/satu") == "d7c8258659e392d0365fdf6ba82085f4"
    assert urls.article_id("https://contoh.test/read/1234567/satu") == "235053916a322b499ff72192e6f1cc8f"


def test_politeness_counts_hosts_with_their_ports() -> None:
    assert urls.host_key("https://WWW.a.test/x") == "www.a.test"
    assert urls.host_key("http://a.test:8080/x") == "a.test:8080"
    assert urls.host_key("https://a.test:443/") == "a.test"


def test_the_site_is_the_host_without_its_doors() -> None:
    assert urls.site_host("https://m.news.a.test/x") == "news.a.test"
    assert urls.site_host("https://www.m.test/") == "m.test"
    assert urls.site_host("https://m.test/") == "m.test"


def test_shards_are_stable_and_all_used() -> None:
    found = {urls.shard(f"host{n}.test", 8) for n in range(400)}
    assert found == set(range(8))
    assert urls.shard("a.test", 64) == urls.shard("a.test", 64) == 23


WORDS = st.sampled_from(
    ["amp", "AMP", "index.php", "x.amp.html", "2", "all", "read", "1234567", "banjir-di-kota-lama"]
)
PATHS = st.lists(WORDS | st.text(st.characters(codec="utf-8"), max_size=12), max_size=5).map("/".join)


@given(path=PATHS, query=st.text(max_size=20))
def test_cleaning_an_address_twice_equals_cleaning_it_once(path: str, query: str) -> None:
    url = urls.request_url("https://a.test/" + path.replace("\\", "") + "?" + query)
    assert urls.request_url(url) == url
    canonical = urls.canonical_url(url)
    assert urls.canonical_url(canonical) == canonical
    assert urls.article_id(canonical) == urls.article_id(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        result = urls.request_url(text, "https://a.test/x/")
    except ValueError:
        return
    assert result.startswith(("http://", "https://"))
    assert result.isascii()


@pytest.mark.corpus("corpus", "topics", "dedup")
def test_no_two_real_articles_share_an_id() -> None:
    figures = gate.measure()
    assert figures.addresses > 13_000
    assert len(figures.merged) == 1, figures.merged  # one article whose headline lost a typing error
