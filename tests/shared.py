"""What several tests read, made once in a run however many workers the run has."""

from __future__ import annotations

import fcntl
import os
import pickle
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

T = TypeVar("T")


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], T]) -> T:
    """What `build` makes in an empty folder of this name and returns, which has to be picklable; tests copy it.

    The first worker builds and the others wait. Workers have their temporary folders beside each other in the folder of
    their run, so that no run reads what another one built.
    """
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"shared-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = folder / "result.pickle"
        if not result.exists():
            place = folder / str(len(list(folder.iterdir())))
            place.mkdir()
            result.write_bytes(pickle.dumps(build(place)))
    return pickle.loads(result.read_bytes())
