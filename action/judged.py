"""Writes the datasets whose verdicts lie in a folder, each ended by a null byte, as `gates promote` takes them.

Called with the folder. Exits with 1 and a traceback where a report cannot be read: nobody knows then what was judged.
Runs with `python -I`, so that no module of the repository that is judged takes the place of one of Python's own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def judged(reports: Path) -> list[str]:
    """The names in the order of their files; FOLDER:NAME for a dataset of another gates.toml."""
    names = []
    for file in sorted(reports.rglob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        # Metrics and plots lie beside a verdict, and a dataset may be called as their files end.
        if isinstance(document, dict) and {"dataset", "outcome", "checks"} <= set(document):
            folder = file.parent.relative_to(reports).as_posix()
            names.append(document["dataset"] if folder == "." else f"{folder}:{document['dataset']}")
    return names


if __name__ == "__main__":
    names = judged(Path(sys.argv[1]))
    sys.stdout.buffer.write(b"".join(os.fsencode(name) + b"\0" for name in names))
