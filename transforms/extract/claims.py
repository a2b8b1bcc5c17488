"""One statement of a date, and the reader that makes it from text: zone, order of numbers, plausibility."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone, tzinfo

from warta.transforms.dates import has_zone, parse_instant, zone
from warta.transforms.extract.lexicon import home_zone, zone_of_language
from warta.transforms.extract.model import Hints

EARLIEST_YEAR = 1990
"""No news page is older than the web."""
MAX_AHEAD = timedelta(days=2)
"""Embargoed and wrongly zoned pages lie hours ahead of the clock; a wrong digit months."""
_AMERICAN = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_ISO_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_ZONE_WORD = re.compile(r"\b(WIB|WITA|WIT|(?:GMT|UTC)\s?[+-]\s?\d{1,2}(?::\d\d)?|GMT|UTC)\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of when the article appeared."""

    source: str
    instant: datetime
    """Aware, in the zone it was written or read in."""
    date_only: bool
    zoned: bool
    """Does the text name its zone?"""
    in_utc: bool = False
    """Was it written in UTC? Then the zone is the house's, for the day."""

    def moved_to(self, minutes: int) -> "Claim":
        """Return the same instant on a clock `minutes` east of Greenwich."""
        return replace(self, instant=self.instant.astimezone(timezone(timedelta(minutes=minutes))))

    def __str__(self) -> str:
        text = self.instant.date().isoformat() if self.date_only else self.instant.isoformat()
        return f"{self.source} {text}"


class DateReader:
    """Turns the texts of one page into claims: zone of the house, order of day and month, plausibility."""

    def __init__(self, url: str, language: str, hints: Hints, now: datetime) -> None:
        self.now = now
        self.american = language.lower().replace("_", "-") == "en-us"
        self.zone_name = hints.timezone or home_zone(url)
        """Zone of the house, from the feed list or the country of the address; "" if neither says."""
        self.likely_zone = self.zone_name or zone_of_language(language)

    def claim(self, source: str, text: str) -> Claim | None:
        """Return what `text` says; None when it names no believable date."""
        text = text.strip()
        if len(text) < 6 or len(text) > 250:
            return None
        try:
            written: datetime | None = datetime.fromisoformat(text)
        except ValueError:
            written = self._read(text)
        return self._claim(source, written) if written else None

    def day(self, source: str, year: int, month: int, day: int) -> Claim | None:
        """Return the claim of a bare calendar day."""
        try:
            return self._claim(source, datetime(year, month, day))
        except ValueError:
            return None

    def _read(self, text: str) -> datetime | None:
        if self.american and (match := _AMERICAN.search(text)) and int(match[1]) <= 12:
            text = f"{text[: match.start()]}{match[3]}-{match[1]}-{match[2]}{text[match.end() :]}"
        if not has_zone(text):
            instant = parse_instant(text, now=self.now)
            return instant.replace(tzinfo=None) if instant else None
        instant = parse_instant(text, now=self.now)
        here = self._written_zone(text)
        return instant.astimezone(here) if instant and here else instant

    def _written_zone(self, text: str) -> tzinfo | None:
        match = _ZONE_WORD.search(text) or _ISO_OFFSET.search(text)
        try:
            return zone(match[0].replace(" ", "")) if match else None
        except ValueError:
            return None

    def _claim(self, source: str, written: datetime) -> Claim | None:
        zoned = written.tzinfo is not None
        date_only = written.time() == time.min
        in_utc = zoned and not written.utcoffset()
        try:
            if date_only:
                written = written.replace(hour=12)  # noon is the same day in nearly every other zone
            if not zoned:
                written = written.replace(tzinfo=zone(self.likely_zone or "UTC"))
            absurd = written.year < EARLIEST_YEAR or written > self.now + MAX_AHEAD
        except (ValueError, OverflowError):
            return None
        return None if absurd else Claim(source, written, date_only, zoned, in_utc)
