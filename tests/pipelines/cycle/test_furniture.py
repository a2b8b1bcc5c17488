from datetime import UTC, datetime
from pathlib import Path

from warta.pipelines.cycle.furniture import EarlierCounts
from warta.transforms.clean.furniture import FurnitureCount
from warta.transforms.store.state import write_nouns

AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_each_host_has_its_own_counts(tmp_path: Path) -> None:
    rows = [FurnitureCount(host, f"{number:032x}", number, AT) for host in "abd" for number in range(1, 4)]
    counts = EarlierCounts([write_nouns(FurnitureCount, rows, str(tmp_path), "furniture")])
    assert list(counts("b")) == rows[3:6]
    assert list(counts("d")) == rows[6:]
    assert list(counts("c")) == []


def test_a_store_without_counts_remembers_nothing(tmp_path: Path) -> None:
    assert list(EarlierCounts([])("a")) == []
    assert list(EarlierCounts([write_nouns(FurnitureCount, [], str(tmp_path), "furniture")])("a")) == []
