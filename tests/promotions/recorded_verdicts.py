"""Verdict documents for tests, as `gates check` would have written them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.data.files import md5_manifest_sha256
from gates.verdict import digest_of_report
from tests.dvc_repositories import md5

if TYPE_CHECKING:
    from collections.abc import Mapping


def verdict_on(files: Mapping[str, str], observed: float, outcome: str) -> str:
    """The verdict document of a dataset `texts` with one check, on files by name and content."""
    listed = [
        {"path": name, "sha256": "ab" * 32, "md5": md5(text), "size": len(text), "rows": 2}
        for name, text in files.items()
    ]
    report = {
        "schema_version": 1, "dataset": "texts", "outcome": outcome, "partial": False,
        "checks": [{
            "id": "combined/expect_x", "severity": "critical", "outcome": outcome, "kind": "suite", "observed": observed,
            "min_value": None, "max_value": 0.5, "warn_value": None, "message": "", "evidence": {},
        }],
        "rows": {"human": 1, "synthetic": 1, "undeclared": 0},
        "data": {
            "manifest_sha256": "cd" * 32, "holdout_sha256": None, "files": listed, "holdout_files": [],
            "evaluation_sha256": None, "promoted_sha256": None, "evaluation_files": [],
            "md5_manifest_sha256": md5_manifest_sha256({file["path"]: file["md5"] for file in listed}),
        },
        "contract": {"sha256": "ef" * 32}, "loosened": [], "waived": [],
    }  # fmt: skip
    return json.dumps(report | {"digest": digest_of_report(report)})
