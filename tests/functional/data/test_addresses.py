"""Data at addresses: listed, fetched once and judged as any file, from a server of S3 on loopback."""

from __future__ import annotations

import io
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import polars as pl
import pytest
import s3fs
from botocore.exceptions import ClientError

from gates.config.dataset import DatasetConfig
from gates.config.load import read_config
from gates.data.files import Format, data_files, resolve
from gates.data.remote import copies
from gates.errors import DataError, UsageError
from tests.opened import open_dataset, open_holdout

PLACE = "gates.toml:3: dataset 'd'"


def rows(origin: str, count: int = 3) -> bytes:
    frame = pl.DataFrame({"text": [f"{origin} {number}" for number in range(count)], "origin": [origin] * count})
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def config(root, path, **more) -> DatasetConfig:
    return DatasetConfig("d", root, 3, "tabular", path=path, **more)


def test_what_is_hashed_is_what_lies_at_the_address(store, bucket, tmp_path):
    content = rows("human")
    store.put(bucket, "in/a.parquet", content)
    store.put(bucket, "in/b.csv", b"text,origin\nx,synthetic\n")
    store.put(bucket, "in/README.md", b"# about")
    store.put(bucket, "in/.cache/c.csv", b"text,origin\ny,synthetic\n")

    with open_dataset(config(tmp_path, f"s3://{bucket}/in/")) as dataset:
        assert [(file.path, file.rows) for file in dataset.files] == [
            (f"s3://{bucket}/in/a.parquet", 3), (f"s3://{bucket}/in/b.csv", 1),
        ]  # fmt: skip
        assert dataset.files[0].sha256 == sha256(content).hexdigest()
        assert dataset.row_counts() == {"human": 3, "synthetic": 1, "undeclared": 0}


def test_pattern_and_several_addresses_and_files_are_one_dataset(store, bucket, tmp_path):
    for number in (1, 2):
        store.put(bucket, f"part-{number}.parquet", rows("human"))
        store.put(bucket, f"made-{number}.parquet", rows("synthetic"))
    (tmp_path / "here.csv").write_text("text,origin\nz,human\n")

    paths = (f"s3://{bucket}/part-*.parquet", f"s3://{bucket}/made-2.parquet", "here.csv")

    assert [file.name for file in data_files(config(tmp_path, paths))] == [
        "here.csv", f"s3://{bucket}/made-2.parquet", f"s3://{bucket}/part-1.parquet", f"s3://{bucket}/part-2.parquet",
    ]  # fmt: skip


def test_object_is_fetched_once_until_it_is_another(store, bucket, tmp_path):
    address = f"s3://{bucket}/a.parquet"
    store.put(bucket, "a.parquet", rows("human"))
    (first,) = resolve(address, tmp_path, PLACE)
    (again,) = resolve(address, tmp_path, PLACE)

    store.put(bucket, "a.parquet", rows("human", 5))
    (other,) = resolve(address, tmp_path, PLACE)

    assert first.path == again.path != other.path
    assert (first.path.exists(), pl.read_parquet(other.path).height) == (False, 5)


def test_holdout_evaluation_and_partitions_may_be_addresses(store, bucket, tmp_path):
    for name, origin in (("h", "human"), ("s", "synthetic"), ("o", "human")):
        store.put(bucket, f"{name}.parquet", rows(origin))
    partitions = {"human": f"s3://{bucket}/h.parquet", "synthetic": f"s3://{bucket}/s.parquet"}
    dataset = config(tmp_path, None, partitions=partitions, holdout=f"s3://{bucket}/o.parquet")

    with open_holdout(dataset) as held_out:
        assert [file.path for file in held_out.files] == [f"s3://{bucket}/o.parquet"]
    with pytest.raises(UsageError, match="belongs to the dataset too"):
        open_holdout(config(tmp_path, f"s3://{bucket}/h.parquet", holdout=f"s3://{bucket}/h.parquet"))


def test_version_of_an_object_may_be_named(store, bucket, tmp_path):
    store.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = store.put(bucket, "a.parquet", rows("human", 2))
    store.put(bucket, "a.parquet", rows("human", 7))

    (named,) = resolve(f"s3://{bucket}/a.parquet?versionId={old}", tmp_path, PLACE)
    (newest,) = resolve(f"s3://{bucket}/a.parquet", tmp_path, PLACE)

    assert [pl.read_parquet(file.path).height for file in (named, newest)] == [2, 7]


class WritesMeanwhile:
    """The file system of S3, while somebody else puts another object in the place of the one that is being read."""

    def __init__(self, own: s3fs.S3FileSystem, write) -> None:
        self._own, self._write = own, write

    def __getattr__(self, name: str):
        return getattr(self._own, name)

    def open(self, *arguments, **options):
        stream = self._own.open(*arguments, **options)
        self._write()
        return stream


@pytest.mark.parametrize("is_as_long", [True, False])
def test_object_that_changes_while_it_is_read_is_refused(is_as_long, store, bucket, tmp_path):
    content = b"text,origin\n" + b"x,human\n" * 100
    store.put(bucket, "a.csv", content)
    other = content.replace(b"x", b"y") if is_as_long else content + b"z,human\n"
    changing = WritesMeanwhile(s3fs.S3FileSystem(), lambda: store.put(bucket, "a.csv", other))

    with pytest.raises(DataError, match=f"s3://{bucket}/a.csv: changed while it was read"):
        copies._fetch(changing, f"{bucket}/a.csv", f"s3://{bucket}/a.csv", tmp_path / "copy")


def test_long_object_is_read_in_ranges(store, bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_RANGE", 100)
    content = b"text,origin\n" + b"x,human\n" * 100
    store.put(bucket, "a.csv", content)

    (file,) = resolve(f"s3://{bucket}/a.csv", tmp_path, PLACE)

    assert file.path.read_bytes() == content


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none.csv", "nothing at s3://{}/none.csv (404)"),
        ("none/", "nothing at s3://{}/none/ (404)"),
        ("none-*.csv", "nothing at s3://{}/none-*.csv (404)"),
        ("page/", "s3://{}/page/ holds no data files; expected Parquet"),
        ("rows.xlsx", "'.xlsx' is not a known format"),
    ],
)
def test_address_without_data_says_so(path, message, store, bucket, tmp_path):
    store.put(bucket, "page/README.md", b"# about")
    store.put(bucket, "rows.xlsx", b"PK")

    with pytest.raises(DataError) as error:
        resolve(f"s3://{bucket}/{path}", tmp_path, PLACE)

    assert message.format(bucket) in str(error.value)


def test_missing_bucket_credentials_permission_and_endpoint_are_told_apart(store, bucket, tmp_path, monkeypatch):
    store.put(bucket, "a.csv", b"text,origin\nx,human\n")
    address = f"s3://{bucket}/a.csv"

    def refusal(at: str = address) -> str:
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(DataError) as error:
            resolve(at, tmp_path, PLACE)
        assert "not-a-secret" not in str(error.value)
        return str(error.value)

    assert refusal("s3://no-such-bucket-here/a.csv").startswith(f"{PLACE}: nothing at s3://no-such-bucket-here/a.csv")
    with store.enforced():
        with pytest.raises(ClientError, match=r"InvalidAccessKeyId|Forbidden|AccessDenied|403"):
            store.client.get_object(Bucket=bucket, Key="a.csv")
        assert refusal().startswith(f"{PLACE}: not allowed to read {address} (403)")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert refusal().startswith(f"{PLACE}: no credentials for {address}; expected AWS_ACCESS_KEY_ID")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("gs://bucket/a.csv", "what gs:// needs is not installed; `pip install 'origin-gates[gs]'`"),
        ("nowhere://bucket/a.csv", "nowhere:// is no address that data can be fetched from; expected s3://"),
        ("file:///tmp/a.csv", "is a file of this machine; give its path without file://"),
        ("https://example.org/rows/", "files at https:// cannot be listed"),
    ],
)
def test_address_that_cannot_be_asked_is_a_mistake_of_the_call(address, message, tmp_path):
    with pytest.raises(UsageError) as error:
        resolve(address, tmp_path, PLACE)

    assert str(error.value).startswith(PLACE)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('path = "s3://key:secret@bucket/a.csv"', "has a password in it; credentials come from the environment"),
        ('path = "https://x.org/a.csv?X-Amz-Signature=0a"', "is a signed link"),
        ('path = ["a.csv", "https://x.org/a.csv?token=0a"]', "is a signed link"),
        ('holdout = "simplecache::s3://b/a.csv"\npath = "a.csv"', "chains addresses"),
        ("path = []", "is empty"),
        ('path = ["a.csv", "a.csv"]', "names 'a.csv' twice"),
    ],
)
def test_configuration_holds_no_secret_and_no_path_twice(line, message, tmp_path):
    (tmp_path / "gates.toml").write_text(f'[datasets.d]\n{line}\ntype = "tabular"\n')

    with pytest.raises(UsageError, match=r"gates.toml:2") as error:
        read_config(tmp_path / "gates.toml")

    assert message in str(error.value)


@pytest.fixture
def web(tmp_path):
    """A web server on loopback that has no ranges, and its folder."""
    folder = tmp_path / "web"
    folder.mkdir()
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as own:
        thread = Thread(target=own.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{own.server_port}", folder
        finally:
            own.shutdown()
            thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing: what a test prints is looked at."""


def test_file_of_a_web_server_is_read_whole_and_a_missing_one_named(web, tmp_path):
    address, folder = web
    content = b"text,origin\n" + b"x,human\n" * 100
    (folder / "rows.csv").write_bytes(content)

    (file,) = resolve(f"{address}/rows.csv?download=1", tmp_path, PLACE)
    assert (file.format, file.path.read_bytes()) == (Format.CSV, content)
    with pytest.raises(DataError, match=r"nothing at http://127.0.0.1:\d+/none.csv \(404\)"):
        resolve(f"{address}/none.csv", tmp_path, PLACE)
    with pytest.raises(DataError, match=r"http:// was not reached"):
        resolve("http://127.0.0.1:1/rows.csv", tmp_path, PLACE)
