"""An S3-compatible server on loopback, and a bucket in it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socket import create_server

import pytest

SERVE = "import sys; from moto.server import main; main(['-H', '127.0.0.1', '-p', sys.argv[1]])"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def s3_bucket() -> Iterator[str]:
    """Serve, set the environment of S3 clients, and give the bucket's address."""
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
    import boto3

    config = boto3.session.Config(retries={"max_attempts": 20, "mode": "standard"})
    client = boto3.client("s3", endpoint_url=endpoint, config=config)
    client.create_bucket(Bucket="warta")
    return "s3://warta"
