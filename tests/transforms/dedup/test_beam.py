import pickle
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions

from tests.transforms.dedup.conftest import article, prose
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.outcome import Duplicate
from warta.schemas.record import Record
from warta.transforms.dedup.beam import Deduplicate, DropKnown
from warta.transforms.dedup.documents import dedup_documents
from warta.transforms.dedup.index import IndexFiles, write_segment
from warta.transforms.dedup.model import IndexRow


class Texts:
    """Stored texts, as a pipeline reads them."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def __call__(self, wanted: list[tuple[str, date | None, str]]) -> dict[str, str]:
        assert len({(day, topic) for _, day, topic in wanted}) == 1, "one partition at a time"
        return {id_: self.texts[id_] for id_, _, _ in wanted if id_ in self.texts}


def run(
    source: Iterable[Any], step: beam.PTransform, folder: Path, *options: str
) -> tuple[Any, dict[str, int]]:
    """Run one step over `source`; return its outputs by name, and its counters."""
    pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions(list(options)))
    outputs = pipeline | beam.Create(list(source)) | "Step" >> step
    for name, output in outputs._asdict().items():
        _ = (
            (output if isinstance(output, tuple) else (output,))
            | f"{name}Together" >> beam.Flatten()
            | f"{name}ToList" >> beam.combiners.ToList()
            | f"{name}Write" >> beam.Map(_write, folder / name)
        )
    result = pipeline.run()
    result.wait_until_finish()
    counters = result.metrics().query(MetricsFilter().with_namespace("dedup"))["counters"]
    lists = {name: pickle.loads((folder / name).read_bytes()) for name in outputs._fields}
    sums: Counter[str] = Counter()  # a counter of several steps has a value for each
    for counter in counters:
        sums[counter.key.metric.name] += counter.committed
    return lists, dict(sums)


def _write(elements: list[Any], path: Path) -> None:
    path.write_bytes(pickle.dumps(elements))


@dataclass
class World:
    """A dataset that remembers between cycles, as the store does."""

    folder: Path
    records: list[Record] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    index_rows: list[IndexRow] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    cycles: int = 0

    def settle(self, articles: Sequence[Article], *options: str, shards: int = 1) -> None:
        texts = Texts({row.article.id: row.article.text for row in self.records})
        step = Deduplicate(self.files, texts, shards=shards)
        found, self.counters = run(articles, step, self.folder, *options)
        self.records += found["records"]
        self.duplicates += found["duplicates"]
        self.index_rows += found["index_rows"]
        self.cycles += 1
        new = write_segment(found["index_rows"], str(self.folder / "index"), f"c{self.cycles}")
        for name, paths in new.items():
            self.files.setdefault(name, []).extend(paths)

    def rows(self) -> list[tuple[object, ...]]:
        """Return what is stored, in an order of its own."""
        kept = [(r.article.title, r.revision, r.similar_to, r.overlaps) for r in self.records]
        copies = [(d.title, d.dup_kind, d.dup_of, d.containment, d.overlaps) for d in self.duplicates]
        return sorted([*kept, *copies], key=str)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> World:
    return World(tmp_path)


def newsroom(count: int, *, seed: int = 1) -> list[Article]:
    """Return articles over ten days, a third of them copies, cuts and rewrites of others."""
    chance = random.Random(seed)
    originals = [prose(seed * 1_000 + number, chance.randrange(80, 300)) for number in range(count)]
    found = []
    for number in range(count):
        words = originals[number].split()
        if number and chance.random() < 0.35:
            earlier = originals[chance.randrange(number)].split()
            words = earlier[: int(len(earlier) * chance.uniform(0.4, 1.0))] + words[: chance.randrange(60)]
        publisher = chance.choice(["Kabar", "Pos", "Antara"])
        when = {"day": number * 10 // count, "hour": chance.randrange(24)}
        found.append(article(f"n{number:03}", " ".join(words), publisher=publisher, **when))
    return found


def listed(name: str, feed: str = "https://kabar.test/rss", digest_: str = "d1") -> Entry:
    return Entry(url=f"https://kabar.test/{name}", url_id=article(name, "").id, feed_url=feed, digest=digest_)


def test_entries_are_new_known_or_repeated(world: World, tmp_path: Path) -> None:
    world.settle([article("a", prose(1)), article("b", prose(2))])
    entries = [
        listed("a"),
        listed("b", digest_="d2"),
        listed("c", feed="https://kabar.test/z"),
        listed("c", feed="https://kabar.test/a"),
        listed("b", feed="https://kabar.test/a"),
    ]
    found, counters = run(entries, DropKnown(world.files), tmp_path)
    assert sorted(entry.url[-1] + entry.feed_url[-1] for entry in found["entries"]) == ["bs", "ca"]
    assert [entry.url[-1] for entry in found["known"]] == ["a"]
    assert sorted(entry.url[-1] + entry.feed_url[-1] for entry in found["repeated"]) == ["ba", "cz"]
    assert counters == {"known": 1, "repeated": 2, "changed": 1}


def test_entries_that_stand_apart_are_looked_up_one_by_one(world: World, tmp_path: Path) -> None:
    world.settle([article("a", prose(1)), article("b", prose(2))])
    entries = [listed("a"), listed("b", digest_="d2"), listed("c")]
    found, counters = run(entries, DropKnown(world.files, apart=True), tmp_path)
    assert sorted(entry.url[-1] for entry in found["entries"]) == ["b", "c"]
    assert [entry.url[-1] for entry in found["known"]] == ["a"]
    assert (found["repeated"], counters) == ([], {"known": 1, "repeated": 0, "changed": 1})


def test_every_article_is_a_record_or_a_duplicate(world: World) -> None:
    articles = newsroom(80)
    world.settle(articles)
    assert sorted([row.article.id for row in world.records] + [row.id for row in world.duplicates]) == sorted(
        one.id for one in articles
    )
    kinds = [row.dup_kind for row in world.duplicates]
    assert world.counters["records"] == len(world.records)
    assert world.counters["duplicates_near"] == kinds.count("near") > 5
    assert sum(bool(row.similar_to) for row in world.records) > 5


def test_a_copy_of_an_earlier_run_is_found_and_read_for_proof(world: World) -> None:
    text = prose(1)
    world.settle([article("a", text)])
    world.settle([article("b", text + " " + prose(2, 15), day=3, publisher="Pos")])
    (copy,) = world.duplicates
    assert (copy.dup_kind, copy.dup_of, copy.containment, copy.dup_of_publisher) == (
        "near",
        article("a", "").id,
        1.0,
        "Kabar",
    )


def test_a_stored_text_that_is_gone_resembles_nothing(world: World) -> None:
    world.settle([article("a", prose(1))])
    world.records.clear()
    world.settle([article("b", prose(1) + " baru", day=1)])
    assert [row.article.title for row in world.records] == ["b"]
    assert world.counters["texts_missing"] == 1


def test_changed_text_is_a_revision_and_unchanged_text_a_duplicate(world: World) -> None:
    world.settle([article("a", prose(1)), article("b", prose(2))])
    world.settle([article("a", prose(3)), article("b", prose(2))])
    assert [(row.article.title, row.revision) for row in world.records[2:]] == [("a", 2)]
    assert world.records[2].previous_hash == article("a", prose(1)).content_hash
    assert [(row.title, row.dup_kind) for row in world.duplicates] == [("b", "url")]
    world.settle([article("a", prose(1))])
    assert world.records[3].revision == 3


def test_an_unchanged_refetch_is_not_asked_for_again(world: World, tmp_path: Path) -> None:
    world.settle([article("a", prose(1))])
    world.settle([article("a", prose(1), entry_digest="d2")])
    found, _ = run([listed("a", digest_="d2")], DropKnown(world.files), tmp_path)
    assert (len(found["entries"]), len(found["known"])) == (0, 1)


def test_an_exact_repeat_is_found_after_the_window_and_a_near_one_is_not(world: World) -> None:
    world.settle([article("a", prose(1))])
    world.settle([article("b", prose(1), day=60, publisher="Pos"), article("c", prose(1) + " lagi", day=60)])
    assert [(row.title, row.dup_kind) for row in world.duplicates] == [("b", "exact")]


def test_texts_of_one_cycle_are_compared_within_the_window_only(world: World) -> None:
    world.settle([article("a", prose(1)), article("b", prose(1) + " lagi", day=31)])
    assert not world.duplicates


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_articles_give_the_same_rows_and_the_same_index(seed: int, tmp_path: Path) -> None:
    articles = newsroom(60)
    one, other = World(tmp_path / "one"), World(tmp_path / "other")
    for world in (one, other):
        world.folder.mkdir()
        world.settle(articles)
        random.Random(seed).shuffle(articles)
    assert one.rows() == other.rows()
    for name, paths in one.files.items():
        assert Path(paths[0]).read_bytes() == Path(other.files[name][0]).read_bytes()


@pytest.mark.parametrize(
    ("options", "shards"),
    [
        pytest.param((), 5, id="five shards"),
        pytest.param(
            ("--direct_num_workers=2", "--direct_running_mode=multi_threading"), 3, id="two workers"
        ),
    ],
)
def test_shards_and_workers_do_not_change_the_rows(
    tmp_path: Path, options: tuple[str, ...], shards: int
) -> None:
    one, other = World(tmp_path / "one"), World(tmp_path / "other")
    for world, some, ways in ((one, (), 1), (other, options, shards)):
        world.folder.mkdir()
        world.settle(newsroom(60), *some, shards=ways)
    assert one.rows() == other.rows()


def test_one_run_and_a_run_every_other_day_give_the_same_rows(tmp_path: Path) -> None:
    articles = newsroom(60)
    once, daily = World(tmp_path / "once"), World(tmp_path / "daily")
    for world in (once, daily):
        world.folder.mkdir()
    once.settle(articles)
    for day in range(1, 11, 2):
        daily.settle([one for one in articles if one.date.day in (day, day + 1)])
    assert daily.cycles == 5
    assert once.rows() == daily.rows()


def test_a_list_of_documents_gets_the_answers_of_the_pipeline(world: World) -> None:
    articles = [replace(one, id=_id_of(one), url_id=_id_of(one)) for one in newsroom(60)]
    world.settle(articles)
    rows = dedup_documents(
        {
            "id": one.id,
            "url": one.url,
            "title": one.title,
            "text": one.text,
            "published": one.published,
            "publisher": one.publisher,
        }
        for one in articles
    )
    for row in rows:
        del row["story_id"]
    expected = {
        one.article.id: (None, None, one.similar_to or None, one.containment) for one in world.records
    }
    for copy in world.duplicates:
        others = [id_ for id_, _ in copy.overlaps[1:]]
        expected[copy.id] = (copy.dup_of, copy.dup_kind, others[0] if others else None, copy.containment)
    for row in rows:
        dup_of, kind, similar_to, share = expected[row["id"]]
        assert (row["dup_of"], row["dup_kind"], row["similar_to"]) == (dup_of, kind, similar_to)
        assert row["containment"] == (None if share is None else pytest.approx(share, abs=1e-4))


def _id_of(one: Article) -> str:
    from warta.transforms.urls import article_id

    return article_id(one.url)


def test_an_empty_cycle_is_no_trouble(world: World) -> None:
    world.settle([])
    assert (world.records, world.duplicates, world.files) == ([], [], {})


def test_windows_and_times_stay_with_their_articles(tmp_path: Path) -> None:
    files: IndexFiles = {}
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        settled = (
            pipeline
            | beam.Create([article(str(day), prose(1), day=day) for day in range(3)])
            | "Stamp" >> beam.Map(lambda one: beam.window.TimestampedValue(one, one.published.timestamp()))
            | "Daily" >> beam.WindowInto(beam.window.FixedWindows(86_400))
            | Deduplicate(files, Texts({}))
        )
        _ = (
            settled.records
            | beam.Flatten()
            | "Look"
            >> beam.Map(lambda row, window=beam.DoFn.WindowParam: (row.article.title, window.start.micros))
            | "Together" >> beam.WindowInto(beam.window.GlobalWindows())
            | beam.combiners.ToList()
            | "Keep" >> beam.Map(_write, tmp_path / "records")
        )
    starts = [start for _, start in sorted(pickle.loads((tmp_path / "records").read_bytes()))]
    assert len(set(starts)) == 3, "each window is settled alone"
