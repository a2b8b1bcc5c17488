"""A whole run whose output is an object store: an S3-compatible server on loopback."""

from pathlib import Path

import pytest

from tests.s3 import s3_bucket
from tests.sample import warta
from warta import read
from warta.newsroom import serve
from warta.transforms.store.verify import verify


def test_a_run_is_stored_and_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = tmp_path / "feeds.toml"
    with s3_bucket() as bucket, serve() as newsroom:
        chosen = next(
            part for part in newsroom.feeds_file.read_text().split("[[feed]]") if "Bola Raya" in part
        )
        feeds.write_text(f"[[feed]]{chosen}")
        monkeypatch.chdir(tmp_path)  # where a path taken for a local one would show
        connect = [f"--connect-to={host}={address}" for host, address in newsroom.connect_to]
        command = ["run", "--feeds", str(feeds), "--output", f"{bucket}/data", "--poll-all", "--no-report"]
        manners = ["--min-delay-s", "0.02", "--allow-network", "127.0.0.0/8", *connect]
        first = warta(*command, *manners)
        stored = read(f"{bucket}/data").to_table(columns=["id", "text"])
        second = warta(*command, *manners)
        assert "Bola Raya" in first.stdout
        assert len(stored) == len(set(stored.column("id").to_pylist())) == 4
        assert "Nothing new." in second.stdout
        assert verify(f"{bucket}/data").faults == ()
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.toml"]
