"""Starts a session of Spark, or says in one sentence what is missing for one."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gates.data.spark.cluster import Cluster, reason_of
from gates.errors import GatesError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = "local[*]"
# A port that is open answers within a round trip; Spark itself tries a master for a minute.
_SECONDS_TO_ANSWER = 5
_PORTS = {"spark": 7077, "sc": 15002}
_INSTALL = "install it with `pip install 'origin-gates[spark]'`"


@contextmanager
def spark_cluster(own: str, master: str | None = None, connect: str | None = None) -> Iterator[Cluster]:
    """A session that ends with the context. own: as in `Cluster`.

    master: URL of a master, `local[*]` where neither is given. connect: URL of a Spark Connect server, `sc://host:port`.
    Raises GatesError where pyspark or Java is missing, or nobody answers.
    """
    try:
        import pyspark.sql  # noqa: F401  (whether it is there)
    except ImportError as error:
        raise GatesError(f"--engine spark needs pyspark, which is not installed here; {_INSTALL}") from error
    where = connect or master or LOCAL
    _refuse_silence(where)
    # Workers on this machine would take another Python than the one that gates runs in.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if connect is None:
        _refuse_missing_java()
    with _refused(where):
        session = _of_server(connect) if connect else _of_master(master or LOCAL)
    try:
        yield Cluster(session, connect is None, own)
    finally:
        end(session)


def end(session: Any) -> None:
    """Stop a session and its client, at once and for good.

    A client of a server closes once more when it is collected, and with it the threads by which all clients of the process release what
    they have read: another session that reads at that moment waits for ever (pyspark 4.1, `SparkSession.__del__`).
    """
    session.stop()
    vars(session).pop("_client", None)


def cluster_of(session: Any, own: str) -> Cluster:
    """A session that somebody else started and ends. own: as in `Cluster`."""
    return Cluster(session, not type(session).__module__.startswith("pyspark.sql.connect."), own)


def _of_server(address: str) -> Any:
    # The builder of pyspark.sql would have the whole process speak to servers only from then on.
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(address).create()
    # A client connects when it first asks.
    session.version  # noqa: B018
    return session


def _of_master(address: str) -> Any:
    from pyspark.sql import SparkSession

    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    session = SparkSession.builder.appName("gates").master(address).config(map=quiet).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _refused(where: str) -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except ImportError as error:
        raise GatesError(f"Spark Connect needs more than pyspark alone ({error}); {_INSTALL}") from error
    except (PySparkException, Py4JError, OSError, ValueError) as error:
        if "JAVA_GATEWAY_EXITED" in str(error):
            raise GatesError(
                "Spark's JVM ended before it was ready; Spark needs Java 17 or later, and `java -version` says which this is"
            ) from error
        raise GatesError(f"no session of Spark at {where}: {reason_of(error)}") from error


def _refuse_silence(where: str) -> None:
    parts = urlsplit(where.split(";", maxsplit=1)[0].split(",", maxsplit=1)[0])
    if parts.scheme not in _PORTS:
        return
    try:
        address = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        socket.create_connection(address, _SECONDS_TO_ANSWER).close()
    except (OSError, ValueError) as error:
        what = "a Spark Connect server" if parts.scheme == "sc" else "a master"
        raise GatesError(
            f"nothing answers at {where} ({error}); start {what} there, or name another address"
        ) from error


def _refuse_missing_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java").exists() if home else shutil.which("java") is not None
    if not java:
        where = f"in JAVA_HOME={home}" if home else "on the PATH"
        raise GatesError(
            f"Spark needs Java 17 or later, and there is none {where}; install it, or name a server with --spark-connect"
        )
