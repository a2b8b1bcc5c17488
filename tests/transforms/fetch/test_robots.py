"""RFC 9309 as far as it concerns us."""

import pytest

from warta.transforms.fetch.robots import (
    MAX_AGE_S,
    MAX_ROBOTS_BYTES,
    MIN_AGE_S,
    RETRY_S,
    Rules,
    body_of,
    expires_in_s,
    is_available,
)

BODY = """\
User-agent: other
Disallow: /

User-agent: Warta
Crawl-delay: 4
Disallow: /arsip/
Allow: /arsip/terbuka
Disallow: /*.pdf$

User-agent: *
Disallow: /semua
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/berita/a", True),
        ("/arsip/a", False),
        ("/arsip/terbuka/a", True),
        ("/berita/a.pdf", False),
        ("/semua", True),
    ],
)
def test_our_own_group_rules(path: str, allowed: bool) -> None:
    assert Rules(BODY, "warta").allows(f"https://kabar.test{path}") is allowed


def test_the_common_group_rules_strangers() -> None:
    assert not Rules(BODY, "lain").allows("https://kabar.test/semua")


@pytest.mark.parametrize(("body", "delay_s"), [(BODY, 4.0), ("", None), ("User-agent: *\nDisallow:", None)])
def test_crawl_delay_is_read(body: str, delay_s: float | None) -> None:
    assert Rules(body, "warta").crawl_delay_s == delay_s


@pytest.mark.parametrize("body", ["", "<html>not rules</html>", "\0\0\0", "Disallow /", "User-agent"])
def test_no_usable_rules_allow_everything(body: str) -> None:
    assert Rules(body, "warta").allows("https://kabar.test/a")


@pytest.mark.parametrize(
    ("status", "available"), [(200, True), (404, True), (403, True), (410, True), (429, False), (500, False)]
)
def test_absence_allows_and_trouble_waits(status: int, available: bool) -> None:
    assert is_available(status) is available


def test_only_a_2xx_body_holds_rules_and_not_without_end() -> None:
    assert body_of(404, b"User-agent: *\nDisallow: /") == ""
    assert body_of(200, b"\xef\xbb\xbfUser-agent: *") == "User-agent: *"
    assert len(body_of(200, b"x" * 10**6)) == MAX_ROBOTS_BYTES


@pytest.mark.parametrize(
    ("status", "control", "age_s"),
    [
        (200, "", MAX_AGE_S),
        (200, "max-age=7200", 7200.0),
        (200, "max-age=5", MIN_AGE_S),
        (404, "max-age=99999999", MAX_AGE_S),
        (503, "max-age=7200", RETRY_S),
    ],
)
def test_rules_expire_within_a_day(status: int, control: str, age_s: float) -> None:
    assert expires_in_s(status, {"cache-control": control}) == age_s
