"""What a verdict says it was reached on: the bytes that were read, and the waivers in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.files import manifest_sha256, md5_manifest_sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gates.config.dataset import Waiver
    from gates.data.facts import FileFacts
    from gates.data.previous_version import PromotedBefore


def data_of(
    files: Sequence[FileFacts],
    holdout: Sequence[FileFacts] | None = None,
    evaluation: Sequence[FileFacts] | None = None,
    *,
    promoted: PromotedBefore | None = None,
) -> dict[str, object]:
    """Names, hashes and rows of the files that were read, as a verdict has them.

    holdout, evaluation: None where there is none. promoted: what was promoted last, to which human rows were compared.
    """
    holdout_facts, evaluation_facts = holdout or (), evaluation or ()
    return {
        "manifest_sha256": manifest_sha256(files),
        "holdout_sha256": None if holdout is None else manifest_sha256(holdout_facts),
        "evaluation_sha256": None if evaluation is None else manifest_sha256(evaluation_facts),
        "md5_manifest_sha256": md5_manifest_sha256(
            {file.path: file.md5 for file in (*files, *holdout_facts, *evaluation_facts)}
        ),
        "promoted_sha256": promoted.statement_sha256 if promoted else None,
        "files": [_file_row(file) for file in files],
        "holdout_files": [_file_row(file) for file in holdout_facts],
        "evaluation_files": [_file_row(file) for file in evaluation_facts],
    }


def waiver_rows(waivers: Iterable[Waiver]) -> list[dict[str, str]]:
    """The waivers as a verdict has them."""
    names = ("check", "reason", "owner", "expires")
    return [{name: str(getattr(waiver, name)) for name in names} for waiver in waivers]


def _file_row(file: FileFacts) -> dict[str, object]:
    return {"path": file.path, "sha256": file.sha256, "md5": file.md5, "size": file.size, "rows": file.rows}
