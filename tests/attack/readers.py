"""Every reader against pyarrow, csv and json: equal rows, or a refusal."""

from __future__ import annotations

import random
import shutil
import time
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.config.dataset import DatasetConfig
from gates.data.facts import ORIGIN, ROW_ID
from gates.errors import GatesError
from tests.attack.figures import Clock, Figures
from tests.attack.inputs.mutations import damaged
from tests.attack.inputs.readings import RefusedError, Rows, difference, rows_of
from tests.attack.inputs.tables import any_file
from tests.attack.worker import DiedError, HungError
from tests.opened import open_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from tests.attack.worker import Worker


def attack_readers(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try writes a file of rows that are hard to read, and damages every other one."""
    figures = Figures("readers", seed)
    for number in clock.numbers():
        chance = random.Random(f"readers {seed} {number}")
        name, content = any_file(chance)
        if chance.random() < 0.5:
            content = damaged(content, chance)
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(content)
        start = time.monotonic()
        try:
            ours = worker.call(read, folder, name)
        except DiedError as error:
            figures.add("crash", number, str(error))
        except HungError as error:
            figures.add("hang", number, str(error))
        else:
            outcome, about = _compared(name, content, ours)
            figures.add(outcome, number, about)
        figures.slowest = max(figures.slowest, time.monotonic() - start)
        shutil.rmtree(folder)
    figures.seconds = clock.passed
    return figures


def read(folder: Path, name: str) -> Rows | str:
    """The rows of a file as gates reads them, a refusal's sentence, or what else was raised after `!`."""
    config = DatasetConfig("d", folder, 1, "tabular", origin="who made it", partitions={"human": name})
    try:
        with open_dataset(config) as dataset:
            table = pa.Table.from_batches(dataset.batches(), schema=dataset.schema())
        return table.drop_columns([ROW_ID, ORIGIN]).to_pylist()
    except GatesError as error:
        return str(error)
    except BaseException as error:  # noqa: BLE001
        return f"!{type(error).__name__}: {error}"


def _compared(name: str, content: bytes, ours: Rows | str) -> tuple[str, str]:
    if isinstance(ours, str):
        return ("traceback", ours) if ours.startswith("!") else ("refused", ours)
    try:
        theirs = rows_of(name, content)
    except RefusedError:
        return "read by gates only", ""
    parted = difference(ours, theirs, name)
    return ("silent pass", f"{name}: {parted}") if parted else ("equal rows", "")
