"""The same store on an S3-compatible server, through Beam's filesystem."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from socket import create_server

import pytest

boto3 = pytest.importorskip("boto3", reason="needs the extra `s3`")
pytest.importorskip("moto.server", reason="needs an S3-compatible server: the extra `test-s3`")

from tests.transforms.store.stages import cycle  # noqa: E402
from tests.transforms.store.worlds import entry, record  # noqa: E402
from warta.transforms.store.commit import Store  # noqa: E402
from warta.transforms.store.compact import compact  # noqa: E402
from warta.transforms.store.errors import StoreLocked  # noqa: E402
from warta.transforms.store.read import read  # noqa: E402
from warta.transforms.store.state import read_entries, write_entries  # noqa: E402
from warta.transforms.store.verify import verify  # noqa: E402

SERVE = "import sys; from moto.server import main; main(['-H', '127.0.0.1', '-p', sys.argv[1]])"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL_S3": endpoint}.items():
            environment.setenv(name, value)
        server = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], stderr=subprocess.DEVNULL)
        try:
            yield make_bucket(endpoint)
        finally:
            server.terminate()
            server.wait()


def make_bucket(endpoint: str) -> str:
    config = boto3.session.Config(retries={"max_attempts": 20, "mode": "standard"})
    client = boto3.client("s3", endpoint_url=endpoint, config=config)
    client.create_bucket(Bucket="warta")
    return "s3://warta"


def ids(root: str) -> list[str]:
    return sorted(read(root).to_table(columns=["id"]).column("id").to_pylist())


def test_cycles_state_and_lock_work_on_an_object_store(bucket: str) -> None:
    root = f"{bucket}/cycles"
    for number in (1, 2):
        with Store.open(root, owner="test") as store:
            staging = cycle(store, f"c{number}", [record(number * 60)])
            index = write_entries([entry(number)], staging.state_dir("index"))
            store.commit(staging, append={"index": [index]})
            with pytest.raises(StoreLocked, match=r"test on .* is writing here"):
                Store.open(root, owner="another")
    with Store.open(root, owner="test") as store:
        assert read_entries(store.state_files("index")) == [entry(1), entry(2)]
        assert not store.files.walk(store.layout.all_staging)
    assert len(ids(root)) == 2
    assert verify(root).faults == ()


def test_compaction_keeps_the_rows_on_an_object_store(bucket: str) -> None:
    root = f"{bucket}/compacted"
    with Store.open(root, owner="test") as store:
        for number in range(2):
            store.commit(cycle(store, f"c{number}", [record(number * 60)]))
        before, opened = ids(root), read(root)
        done = compact(store)
    assert done.files_after < done.files_before
    assert ids(root) == before == sorted(opened.to_table(columns=["id"]).column("id").to_pylist())
    assert verify(root).faults == ()
