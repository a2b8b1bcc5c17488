"""Dates: from what feeds and pages write to one instant in UTC. Pure; the names are data (`dates.toml`).

Own expressions instead of `dateparser`: that takes 2 ms a date (these 17 us) and half a second to start,
guesses the order of 11/12/2026 from the language, and reads numbers as dates; the news uses few formats.
"""

import re
import tomllib
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST_YEAR = 1971
"""First year believed. 1970 and before are clocks that were never set, met in feeds as 0 and 0001-01-01."""

MAX_FUTURE = timedelta(days=366)
"""How far after `now` a date may lie. Events and embargoes reach months ahead, a wrong digit decades."""

MAX_DATE_CHARS = 250
"""Longer texts hold prose, not a date: the first mention there would be an accident."""

_DATA = tomllib.loads(resources.files("warta.transforms").joinpath("dates.toml").read_text("utf-8"))


class _Written(NamedTuple):
    """A date as written: wall clock and, where the text has one, minutes east of Greenwich."""

    clock: datetime
    offset_min: int | None


def parse_instant(
    text: str, *, timezone: str = "", now: datetime | None = None, trust_zone: bool = True
) -> datetime | None:
    """Return the instant that `text` names, aware and in UTC, or None when it names none or an absurd one.

    Reads RFC 822, ISO 8601, epoch seconds, milliseconds and microseconds, and what pages show: month names of
    some 25 languages ("Sabtu, 21 November 2026 | 14.05 WIB"), numbers day first ("21/11/2026 14:05"), GMT+7,
    hour 24. Words around the date do no harm; without a clock time it is midnight.

    Args:
      timezone: what clock times without a zone are read in (IANA or WIB, WITA, WIT); UTC when empty.
      now: aware; dates more than `MAX_FUTURE` after it are absurd.
      trust_zone: False reads the clock in `timezone` whatever zone the text names; some publishers write
        WIB clocks and call them GMT.

    >>> parse_instant("Sab, 21 Nov 2026 14:05 WIB").isoformat()
    '2026-11-21T07:05:00+00:00'
    >>> parse_instant("21/11/2026 24.00", timezone="Asia/Makassar").isoformat()
    '2026-11-21T16:00:00+00:00'
    """
    written = _read(text)
    if written is None:
        return None
    instant = _place(written if trust_zone else _Written(written.clock, None), timezone)
    if instant is None or instant.year < EARLIEST_YEAR or instant.year > 2200:
        return None
    return None if now is not None and instant > now + MAX_FUTURE else instant


def has_zone(text: str) -> bool:
    """Say whether `text` is a date that names its own time zone (or is an epoch, which needs none)."""
    return written_offset_min(text) is not None


def written_offset_min(text: str) -> int | None:
    """Return the minutes east of Greenwich that the date in `text` names, None when it names no zone."""
    written = _read(text)
    return written.offset_min if written else None


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """Return the time zone called `name`: IANA, WIB, WITA, WIT, or an offset ("+07:00", "GMT+7").

    Raises:
      ValueError: when nobody calls a zone so.
    """
    key = name.strip()
    known = _DATA["places"].get(key.casefold())
    offset = _OFFSET.fullmatch(key)
    try:
        if offset:
            return fixed_zone(timedelta(minutes=_offset_minutes(offset)))
        return ZoneInfo(known or key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}; use a name such as Asia/Jakarta or WIB") from None


def publication_day(published: datetime | None, fetched_at: datetime, timezone: str) -> date:
    """Return the publisher's calendar day of `published`; never more than a day after `fetched_at` (UTC).

    The day of the fetch stands in for a missing `published` and for one that lies further ahead.
    """
    here = zone(timezone) if timezone else UTC
    day = (published or fetched_at).astimezone(here).date()
    if day > fetched_at.astimezone(UTC).date() + timedelta(days=1):
        return fetched_at.astimezone(here).date()
    return day


def _plain(text: str) -> str:
    """Fold case, accents and digits of any script, so that one expression fits all."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in folded if not unicodedata.combining(char))
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
    return unicodedata.normalize("NFC", digits)  # puts Korean syllables together again


_MONTHS: dict[str, int] = {
    _plain(name): number
    for months in _DATA["months"].values()
    for number, names in enumerate(months, start=1)
    for name in names
}
_ZONES: dict[str, int] = _DATA["zones"]

_NAME = "|".join(re.escape(name) for name in sorted(_MONTHS, key=len, reverse=True))
_NAME = rf"(?<![^\W\d_])(?P<month>{_NAME})(?![^\W\d_])\.?"
_DAY = r"(?<![\d:])(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.(?!\d))?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)",
        rf"{_DAY}[\s\-/,._]*(?:de |del |of )?{_NAME}[\s\-/,._]*(?:de |del )?{_YEAR}",
        rf"{_DAY}[\s\-/,._]*{_NAME}[\s\-/,._]*'?(?P<year>\d{{2}})(?![\d:])",
        rf"{_NAME}[\s\-]*{_DAY}\s*,?\s*{_YEAR}(?!:)",
        rf"{_NAME}\s+{_DAY}\s+(?P<clock>\d{{1,2}}:\d\d(?::\d\d)?(?:\s+[a-z]{{1,5}}|\s+[+-]\d{{4}})?)\s+{_YEAR}",
        rf"(?<!\d){_YEAR}[\s\-/,.]+{_NAME}[\s\-]+{_DAY}",
        r"(?<![\d.:])(?P<day>\d{1,2})\s?(?P<dash>[-/.])\s?(?P<month>\d{1,2})\s?(?P=dash)\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d.:])(?P<day>\d{1,2})(?P<dash>[-/.])(?P<month>\d{1,2})(?P=dash)(?P<year>\d{2})(?![\d.:])",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?=t\d{4})",
    )
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})\s?[:.h時시]\s?(?P<minute>\d{2})(?!\d)"
    r"(?:\s?[:.分분]\s?(?P<second>\d{2})(?!\d))?(?:[.,]\d+)?\s?(?:(?P<half>[ap])\.?\s?m\b\.?)?"
)
_COMPACT_CLOCK = re.compile(r"t(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,]\d+)?(?P<half>)")
_BARE_HOUR = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})(?P<minute>)(?P<second>)\s?(?P<half>[ap])\.?\s?m\b\.?")
_OFFSET = re.compile(
    r"\s*\(?\s*(?:gmt|utc|ut)?\s*(?P<sign>[+\-−])\s?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)",
    re.IGNORECASE,
)
_ZONE_NAME = re.compile(r"[\s(\[,|]*(?P<name>[a-z]{1,5})(?![a-z])")
_DIGIT = re.compile(r"\d")
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{15,16})")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")


@lru_cache(maxsize=4_096)
def _read(text: str) -> _Written | None:
    text = text.strip()
    if len(text) > MAX_DATE_CHARS or not _DIGIT.search(text):
        return None
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return _read_number(text)
    plain = " ".join(_plain(text).split())
    for pattern in _DATES:
        for match in pattern.finditer(plain):
            day = _day(match)
            if day is not None:
                return _with_clock(day, match, plain)
    return None


def _read_number(text: str) -> _Written | None:
    if compact := _COMPACT.fullmatch(text):
        try:
            year, month, day, hour, minute, second = map(int, compact.groups(default="0"))
            return _Written(datetime(year, month, day, hour, minute, second), None)
        except ValueError:
            return None
    epoch = _EPOCH.fullmatch(text)
    if not epoch:
        return None
    value = epoch[1] or epoch[2] or epoch[3]
    seconds = int(value) / (1 if epoch[1] else 1_000 if epoch[2] else 1_000_000)
    return _Written(datetime(1970, 1, 1) + timedelta(seconds=seconds), 0)


def _day(match: re.Match[str]) -> datetime | None:
    year, month, day = int(match["year"]), match["month"], int(match["day"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    number = _MONTHS[month] if month in _MONTHS else int(month)
    if number > 12 >= day and "dash" in match.groupdict():
        number, day = day, number  # 11/21/2026 can only be the American order
    try:
        return datetime(year, number, day)
    except ValueError:
        return None


def _with_clock(day: datetime, match: re.Match[str], plain: str) -> _Written | None:
    """Find the time of day: inside the match, else behind it, else before it."""
    inside = match.groupdict().get("clock")
    for text in (inside,) if inside else (plain[match.end() :], plain[: match.start()]):
        clock = _find_clock(text)
        if clock is None:
            continue
        delta = _since_midnight(clock)
        if delta is None:
            continue
        rest = text[clock.end() :]
        offset = _find_offset(rest)
        return _Written(day + delta, offset)
    return _Written(day, None)


def _find_clock(text: str) -> re.Match[str] | None:
    return _COMPACT_CLOCK.match(text) or _CLOCK.search(text) or _BARE_HOUR.search(text)


def _since_midnight(clock: re.Match[str]) -> timedelta | None:
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if clock["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _find_offset(rest: str) -> int | None:
    if offset := _OFFSET.match(rest):
        minutes = _offset_minutes(offset)
        return minutes if abs(minutes) <= 14 * 60 else None
    name = _ZONE_NAME.match(rest)
    return _ZONES.get(name["name"]) if name else None


def _offset_minutes(offset: re.Match[str]) -> int:
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    return minutes if offset["sign"] == "+" else -minutes


def _place(written: _Written, timezone: str) -> datetime | None:
    try:
        if written.offset_min is not None:
            return (written.clock - timedelta(minutes=written.offset_min)).replace(tzinfo=UTC)
        here = zone(timezone) if timezone else UTC
        return written.clock.replace(tzinfo=here).astimezone(UTC)
    except OverflowError:
        return None
