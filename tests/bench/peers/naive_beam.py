"""The naive Beam pipeline: a ParDo that fetches, one that extracts, one sink. `--processes`: two of them."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import pyarrow as pa
import requests
import trafilatura
from apache_beam.options.pipeline_options import PipelineOptions
from common import WORKERS, peer_options, read_urls

SCHEMA = pa.schema([(name, pa.string()) for name in ("url", "title", "author", "date", "text")])


class Fetch(beam.DoFn):
    """One request after another over one session."""

    def __init__(self, port: int) -> None:
        self.port = port

    def setup(self) -> None:
        self.session = requests.Session()
        self.session.proxies = {"http": f"http://127.0.0.1:{self.port}"}

    def process(self, url: str) -> Iterator[tuple[str, bytes]]:
        answer = self.session.get(url, timeout=30)
        if answer.status_code == 200:
            yield url, answer.content


def extract(page: tuple[str, bytes]) -> Iterator[dict[str, Any]]:
    """Yield the article of a page, if there is one."""
    url, body = page
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    if found is not None and found.text:
        yield {
            "url": url,
            "title": found.title,
            "author": found.author,
            "date": found.date,
            "text": found.text,
        }


def main() -> None:
    """Run the pipeline with the local engine that needs no download."""
    args = peer_options(__doc__ or "", "--processes")
    options = ["--runner=FnApiRunner"]
    if args.processes:
        options += ["--direct_running_mode=multi_processing", f"--direct_num_workers={WORKERS}"]
    with beam.Pipeline(options=PipelineOptions(options)) as pipeline:
        (
            pipeline
            | beam.Create(read_urls(args.urls))
            | beam.Reshuffle()
            | beam.ParDo(Fetch(args.port))
            | beam.FlatMap(extract)
            | beam.io.WriteToParquet(str(args.output / "articles"), SCHEMA, codec="zstd")
        )


if __name__ == "__main__":
    main()
