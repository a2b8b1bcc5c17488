"""datatrove's local pipeline over pages already fetched: trafilatura, MinHash in four stages, Parquet."""

import argparse
from pathlib import Path
from typing import Any

from common import WORKERS
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter
from datatrove.utils.typeshelper import Languages

READ_S = 20
"""Seconds a page may take, as in warta; datatrove's own limit of one loses pages on a busy machine."""


def stages(pages: Path, place: Path) -> list[tuple[int, list[Any]]]:
    """Return the stages, each with its number of tasks; every stage waits for the one before."""
    texts, signatures, buckets, removed = (
        str(place / name) for name in ("texts", "signatures", "buckets", "remove")
    )
    config = MinhashConfig()
    return [
        (
            WORKERS,
            [
                JsonlReader(str(pages), text_key="page", id_key="url", glob_pattern="*.jsonl"),
                Trafilatura(favour_precision=False, deduplicate=False, timeout=READ_S),
                JsonlWriter(texts, compression=None, output_filename="${rank}.jsonl"),
            ],
        ),
        (
            WORKERS,
            [
                JsonlReader(texts),
                MinhashDedupSignature(signatures, config=config, language=Languages.indonesian),
            ],
        ),
        (config.num_buckets, [MinhashDedupBuckets(signatures, buckets, config=config)]),
        (1, [MinhashDedupCluster(buckets, removed, config=config)]),
        (
            WORKERS,
            [JsonlReader(texts), MinhashDedupFilter(removed), ParquetWriter(str(place / "articles"))],
        ),
    ]


def main() -> None:
    """Run the stages one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, required=True, help="a folder of JSON lines: url, page")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    for number, (tasks, pipeline) in enumerate(stages(args.pages, args.output)):
        logs = str(args.output / "logs" / str(number))
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=WORKERS, logging_dir=logs).run()


if __name__ == "__main__":
    main()
