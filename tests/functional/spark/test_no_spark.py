"""Without Spark, Java or an address that answers there is no verdict, and one sentence says what to install or start."""

from __future__ import annotations

import socket
import sys

import pytest

from tests.contract.sound_datasets import NAME, sound
from tests.projects import program


@pytest.fixture
def project(tmp_path):
    sound("text", 20).write(tmp_path)
    return tmp_path


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_without_pyspark_it_says_what_to_install(project, gates, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)

    called = gates(project, "check", "--engine", "spark")

    assert called.code == 3
    assert (
        "needs pyspark, which is not installed here; install it with `pip install 'origin-gates[spark]'`" in called.err
    )
    assert not (project / ".gates" / "verdicts" / f"{NAME}.json").exists()


def test_without_java_it_says_what_to_install(project, gates, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(project))

    called = gates(project, "check", "--engine", "spark")

    assert called.code == 3
    assert f"Spark needs Java 17 or later, and there is none in JAVA_HOME={project}" in called.err


def test_without_java_on_the_path_it_says_what_to_install(project, gates, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("gates.data.spark.session.shutil.which", lambda _name: None)

    called = gates(project, "check", "--engine", "spark")

    assert called.code == 3
    assert "Spark needs Java 17 or later, and there is none on the PATH; install it, or name a server" in called.err


@pytest.mark.program
def test_with_an_older_java_it_says_which_one_spark_needs(project, monkeypatch):
    java = project / "jvm/bin/java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'UnsupportedClassVersionError: class file version 61.0' >&2\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(project / "jvm"))

    called = program(project, "check", "--engine", "spark")

    assert called.code == 3
    assert "Spark's JVM ended before it was ready; Spark needs Java 17 or later" in called.err


@pytest.mark.parametrize(("option", "scheme", "what"), [
    ("--spark-master", "spark", "a master"), ("--spark-connect", "sc", "a Spark Connect server"),
])  # fmt: skip
def test_address_where_nobody_answers_is_named(option, scheme, what, project, gates):
    address = f"{scheme}://127.0.0.1:{closed_port()}"

    called = gates(project, "check", "--engine", "spark", option, address)

    assert called.code == 3
    assert f"nothing answers at {address}" in called.err
    assert f"start {what} there" in called.err


@pytest.mark.parametrize(("options", "sentence"), [
    (("--spark-master", "local"), "add --engine spark"),
    (("--engine", "spark", "--spark-master", "local", "--spark-connect", "sc://x"), "Spark is at one address"),
    (("--engine", "spark", "--timeout", "5"), "leave out --engine, or --timeout"),
    (("--engine", "sprk"), "did you mean 'spark'?"),
])  # fmt: skip
def test_options_that_do_not_go_together_are_refused(options, sentence, project, gates):
    called = gates(project, "check", *options)

    assert called.code == 2
    assert sentence in called.err
