"""Instants in the words of a page or a feed: RFC 822, ISO 8601, Indonesian and English, WIB, WITA and WIT."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from warta.newsroom.archive import Site

_ID_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_ID_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def local(instant: datetime, site: Site) -> datetime:
    """Return `instant` on the clock of `site`."""
    return instant.astimezone(ZoneInfo(site.timezone))


def visible_date(instant: datetime, site: Site) -> str:
    """Return `instant` as the pages of `site` show it."""
    clock = local(instant, site)
    days, months = (_ID_DAYS, _ID_MONTHS) if site.language == "id" else (_EN_DAYS, _EN_MONTHS)
    return site.visible_date.format(
        weekday=days[clock.weekday()],
        day=clock.day,
        dd=f"{clock:%d}",
        mm=f"{clock:%m}",
        month=months[clock.month - 1],
        mon=months[clock.month - 1][:3],
        year=clock.year,
        hhmm=f"{clock:%H:%M}",
        hhdotmm=f"{clock:%H.%M}",
        ampm=f"{clock:%I:%M %p}".lstrip("0"),
        zone=site.zone,
    )


def machine_date(instant: datetime, site: Site) -> str:
    """Return `instant` in ISO 8601, on the clock that the site's metadata uses."""
    if site.meta_dates == "utc":
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return local(instant, site).isoformat()


def feed_date(instant: datetime, site: Site, style: str) -> str:
    """Return `instant` in one of the ways that feeds write it.

    Args:
      style: rfc822, rfc822_zone (WIB, WITA, WIT by name), rfc822_gmt, rfc822_gmt7 (GMT+7), indonesian
        (day and month names), iso, iso_utc.
    """
    clock = local(instant, site)
    day, month = _EN_DAYS[clock.weekday()][:3], _EN_MONTHS[clock.month - 1][:3]
    if style == "iso":
        return clock.isoformat()
    if style == "iso_utc":
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if style == "rfc822_gmt":
        return rfc822(instant)
    zone = {"rfc822_zone": site.zone, "rfc822_gmt7": "GMT+7"}.get(style, f"{clock:%z}")
    if style == "indonesian":
        day, month = _ID_DAYS[clock.weekday()][:3], _ID_MONTHS[clock.month - 1][:3]
    return f"{day}, {clock:%d} {month} {clock:%Y %H:%M:%S} {zone}"


def rfc822(instant: datetime) -> str:
    """Return `instant` as HTTP writes it."""
    clock = instant.astimezone(UTC)
    day, month = _EN_DAYS[clock.weekday()][:3], _EN_MONTHS[clock.month - 1][:3]
    return f"{day}, {clock:%d} {month} {clock:%Y %H:%M:%S} GMT"
