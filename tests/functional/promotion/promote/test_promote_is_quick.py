"""Promoting and verifying measure nothing, and import none of the libraries that take seconds to come along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.dvc_repositories import ENVIRONMENT

SCRIPT = """\
import sys
from gates.cli.main import run

assert run(("promote", "first", "--stage", "staging", "--dry-run", "--version", "v1.1.0")) == 0
assert run(("verify",)) == 0
print(sorted({"dvc", "great_expectations", "pandera", "sklearn"} & set(sys.modules)))
"""


def test_promote_and_verify_import_no_library_that_judges(gates, done) -> None:
    # A new version is promoted with a verdict that was reached against the last one.
    assert gates(done, "check", "first", "--quiet").code == 0
    environment = ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parents[4])}
    called = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=done, env=environment, capture_output=True, text=True, check=False
    )

    assert called.returncode == 0, called.stderr
    assert called.stdout.splitlines()[-1] == "[]"
