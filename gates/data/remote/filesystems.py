"""The fsspec file system of an address, and in one sentence what it answers instead of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gates.config.addresses import protocol_of
from gates.errors import DataError, GatesError, UsageError, foreign_text

if TYPE_CHECKING:
    from collections.abc import Mapping

# By protocol the extra of `origin-gates` that brings what fsspec needs for it. fsspec itself, and http, come with DVC.
EXTRAS: Mapping[str, str] = {
    "s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "hf": "hf", "az": "az", "abfs": "az", "abfss": "az",
}  # fmt: skip
# What stands for files here, for another address, or for something within a process.
_NO_SOURCES = {
    "file", "local", "memory", "data", "dir", "zip", "tar", "libarchive", "reference", "generic", "cached", "blockcache",
    "filecache", "simplecache", "async_wrapper", "asynclocal", "asyncwrapper", "git", "dvc", "dask", "jupyter", "jlab",
}  # fmt: skip
_CREDENTIALS: Mapping[str, str] = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of ~/.aws (AWS_PROFILE)",
    "gs": "`gcloud auth application-default login`, or GOOGLE_APPLICATION_CREDENTIALS",
    "hf": "HF_TOKEN, or `hf auth login`",
    "az": "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and a key",
}  # fmt: skip
# Botocore's own errors have no base in common with those of Python that fsspec raises.
_WITHOUT_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "DefaultCredentialsError")
_UNREACHED = ("EndpointConnectionError", "ConnectTimeoutError", "ClientConnectorError", "ConnectionError")


def filesystem_of(address: str, place: str) -> tuple[Any, str]:
    """The file system and what it calls the address.

    place: whom to name in messages. Raises UsageError for a protocol that is unknown, or whose extra is not installed.
    """
    from fsspec.core import url_to_fs
    from fsspec.registry import known_implementations

    protocol = protocol_of(address)
    if protocol in ("file", "local"):
        raise UsageError(f"{place}: '{address}' is a file of this machine; give its path without {protocol}://")
    if protocol in _NO_SOURCES or protocol not in known_implementations:
        raise UsageError(f"{place}: {protocol}:// is no address that data can be fetched from; expected {_expected()}")
    try:
        filesystem, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        if not isinstance(error, ImportError) and not isinstance(error.__cause__, ImportError):
            raise UsageError(f"{place}: '{address}' is no address: {foreign_text(error)}") from error
        extra = EXTRAS.get(protocol)
        fix = f"`pip install 'origin-gates[{extra}]'`" if extra else known_implementations[protocol].get("err", error)
        raise UsageError(f"{place}: what {protocol}:// needs is not installed; {fix}") from error
    return filesystem, str(path)


def filesystem_error(address: str, place: str, error: BaseException) -> GatesError:
    """What to say in place of a file system's own error."""
    protocol = protocol_of(address)
    names = {type(one).__name__ for one in _chain(error)}
    own = _CREDENTIALS.get(EXTRAS.get(protocol, ""), f"what fsspec reads for {protocol}://")
    if isinstance(error, GatesError):
        return error
    if names.intersection(_WITHOUT_CREDENTIALS):
        return DataError(f"{place}: no credentials for {address}; expected {own}; gates.toml has none")
    # fsspec takes a web server that does not answer for a file that is not there.
    if names.intersection(_UNREACHED):
        return DataError(
            f"{place}: {protocol}:// was not reached for {address}; is the endpoint right, and the network there?"
        )
    if isinstance(error, FileNotFoundError):
        return DataError(f"{place}: nothing at {address} (404); correct the address, or put the data there")
    if isinstance(error, PermissionError):
        return DataError(f"{place}: not allowed to read {address} (403); the credentials in use come from {own}")
    return DataError(f"{place}: {address} cannot be read: {foreign_text(error)}")


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _expected() -> str:
    return ", ".join(f"{protocol}://" for protocol in EXTRAS) + ", http:// or https://, or another of fsspec's"
