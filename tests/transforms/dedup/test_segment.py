from pathlib import Path

import numpy as np
import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.io.localfilesystem import LocalFileSystem
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.dedup.conftest import FIRST_DAY, prose
from tests.transforms.dedup.test_index import record
from warta.transforms.dedup.index import Index, write_segment
from warta.transforms.dedup.near import fingerprint, samples_of
from warta.transforms.dedup.segment import GAP_BYTES, Segment, SegmentWriter, ragged
from warta.transforms.text import digest


class ShelfFileSystem(LocalFileSystem):
    """An object store as far as a segment sees it: `shelf://` addresses, reached through Beam."""

    @classmethod
    def scheme(cls) -> str:
        return "shelf"

    def open(self, path: str, *args: object, **more: object) -> object:
        return super().open(path.removeprefix("shelf://"), *args, **more)

    def create(self, path: str, *args: object, **more: object) -> object:
        return super().create(path.removeprefix("shelf://"), *args, **more)

    def match(self, patterns: list[str], limits: object = None) -> object:
        return super().match([pattern.removeprefix("shelf://") for pattern in patterns], limits)


def test_an_index_lives_wherever_beam_reaches(index_dir: str) -> None:
    assert FileSystems.get_scheme("shelf://x") == "shelf"
    files = write_segment([record("a", text=prose(1))], f"shelf://{index_dir}", "c1")
    index = Index(files)
    found = index.near([samples_of(fingerprint(prose(1)))], [FIRST_DAY])
    assert [row.key for _, row, _ in found] == [digest("a")]
    index.close()
    assert index.known([digest("a")])


@pytest.fixture(name="numbers", scope="module")
def _numbers(tmp_path_factory: pytest.TempPathFactory) -> Segment:
    """Return a file that holds the numbers to 3,000."""
    path = str(tmp_path_factory.mktemp("segment") / "numbers")
    with SegmentWriter(path, "test") as file:
        file.section("before", b"xyz")
        file.begin("numbers")
        for start in range(0, 3_000, 500):
            file.add(np.arange(start, start + 500, dtype="<u4").tobytes())
    return Segment(path)


@given(asked=st.lists(st.tuples(st.integers(0, 2_990), st.integers(0, 9)), max_size=30))
def test_ranges_are_read_as_they_were_asked_for(numbers: Segment, asked: list[tuple[int, int]]) -> None:
    asked.sort()
    starts = np.array([start for start, _ in asked], np.int64)
    lengths = np.array([length for _, length in asked], np.int64)
    records, counts = numbers.ranges("numbers", 4, starts, starts + lengths)
    expected = [start + step for start, length in asked for step in range(length)]
    assert np.frombuffer(records.tobytes(), "<u4").tolist() == expected
    assert counts.tolist() == lengths.tolist()


def test_far_ranges_are_read_apart(numbers: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GAP_BYTES, True, 100)
    reads: list[int] = []
    plain = Segment._read

    def counting(self: Segment, offset: int, size: int) -> bytes:
        reads.append(size)
        return plain(self, offset, size)

    monkeypatch.setattr(Segment, "_read", counting)
    starts = np.array([0, 20, 1_000], np.int64)
    numbers.ranges("numbers", 4, starts, starts + 2)
    assert reads == [88, 8]


def test_a_writer_that_fails_leaves_no_readable_file(tmp_path: Path) -> None:
    path = str(tmp_path / "broken")
    file = SegmentWriter(path, "test")
    file.section("numbers", b"123")
    file.__exit__(RuntimeError, RuntimeError("stop"), None)
    with pytest.raises(ValueError, match="cut short"):
        Segment(path)


def test_ragged_lists_every_number_of_every_range() -> None:
    found = ragged(np.array([5, 9, 2]), np.array([2, 0, 3]))
    assert found.tolist() == [5, 6, 2, 3, 4]
