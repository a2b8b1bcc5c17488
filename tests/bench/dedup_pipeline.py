"""`Deduplicate` over the shared articles, with so many workers."""

import pickle
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from warta.schemas.article import Article
from warta.transforms.dedup.beam import Deduplicate


def pipeline_groups(articles: Sequence[Article], workers: int) -> set[frozenset[str]]:
    """Return the groups that one cycle of the pipeline finds."""
    from tests.bench.bench_dedup import groups

    options = PipelineOptions(
        [f"--direct_num_workers={workers}", "--direct_running_mode=multi_threading"] if workers > 1 else []
    )
    with tempfile.TemporaryDirectory() as folder:
        with beam.Pipeline(runner="FnApiRunner", options=options) as pipeline:
            settled = pipeline | beam.Create(articles) | Deduplicate({}, _no_texts, shards=workers)
            links = (
                *(
                    records | f"OfRecords {number}" >> beam.FlatMap(_links_of_record)
                    for number, records in enumerate(settled.records)
                ),
                settled.duplicates | "OfDuplicates" >> beam.FlatMap(_links_of_duplicate),
            ) | beam.Flatten()
            _ = links | beam.combiners.ToList() | beam.Map(_keep, Path(folder, "links"))
        return groups(pickle.loads(Path(folder, "links").read_bytes()))


def _no_texts(_: list[Any]) -> dict[str, str]:
    return {}


def _links_of_record(record: Any) -> list[tuple[str, str]]:
    return [(record.article.id, id_) for id_, _ in record.overlaps]


def _links_of_duplicate(copy: Any) -> list[tuple[str, str]]:
    return [(copy.id, id_) for id_, _ in copy.overlaps]


def _keep(links: list[Any], path: Path) -> None:
    path.write_bytes(pickle.dumps(links))
