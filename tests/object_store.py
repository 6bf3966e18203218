"""A server of S3 on loopback, with keys that the environment of a test holds."""

from __future__ import annotations

import os
from contextlib import contextmanager
from http.client import OK
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = {
    "AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}  # fmt: skip


class ObjectStore:
    """Buckets on the server. environment: what a program needs to reach it."""

    def __init__(self, endpoint: str) -> None:
        self.environment = {**_KEYS, "AWS_ENDPOINT_URL": endpoint}
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="tester",
            aws_secret_access_key="not-a-secret",
            config=Config(retries={"max_attempts": 1}),
        )

    def bucket(self, name: str) -> str:
        """A new bucket's name."""
        self.client.create_bucket(Bucket=name)
        return name

    def put(self, bucket: str, key: str, content: bytes | Path) -> str:
        """The version of what is now at a key."""
        body = content.read_bytes() if isinstance(content, Path) else content
        answer = self.client.put_object(Bucket=bucket, Key=key, Body=body)
        return str(answer.get("VersionId", ""))

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Until the end of the block only keys of users that exist are let in; there are none."""
        self._let_in("0")
        try:
            yield
        finally:
            self._let_in("inf")

    def _let_in(self, requests: str) -> None:
        url = f"{self.environment['AWS_ENDPOINT_URL']}/moto-api/reset-auth"
        request = Request(url, requests.encode(), {"Content-Type": "text/plain"}, method="POST")
        with urlopen(request) as answer:
            assert answer.status == OK


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A server, until the end of the block, that listens to this machine alone."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}")
    finally:
        server.stop()
