"""Every campaign with its share of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attack.documents import attack_documents
from tests.attack.figures import Clock, Figures
from tests.attack.files import attack_files
from tests.attack.kills import attack_kills
from tests.attack.pointers import attack_pointers
from tests.attack.races import attack_races
from tests.attack.readers import attack_readers
from tests.attack.rules import attack_rules
from tests.attack.worker import Worker
from tests.warm import import_libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Shares of the time by what a try costs, a document a millisecond and a kill eight seconds, so that one run has enough of each.
CAMPAIGNS = {
    "documents": (attack_documents, 0.05),
    "readers": (attack_readers, 0.12),
    "files": (attack_files, 0.15),
    "rules": (attack_rules, 0.1),
    "pointers": (attack_pointers, 0.1),
    "races": (attack_races, 0.08),
    "kills": (attack_kills, 0.4),
}


def attack(folder: Path, seed: int, budget: float, names: Sequence[str] = (), first: int = 0) -> Iterator[Figures]:
    """The figures of each campaign, or of those named, as they end.

    budget: seconds of all campaigns together, without what has to be set up. first: the number of the first try.
    """
    names = names or [*CAMPAIGNS]
    whole = sum(CAMPAIGNS[name][1] for name in names)
    temporary = folder / "tmp"
    temporary.mkdir()
    with Worker(import_libraries, TMPDIR=str(temporary), XDG_STATE_HOME=str(folder / "state")) as worker:
        for name in names:
            campaign, share = CAMPAIGNS[name]
            yield campaign(worker, folder / name, Clock(budget * share / whole, first), seed)
