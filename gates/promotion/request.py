"""What a call of `gates promote` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from gates.promotion.signing.signing_keys import SigningKey


@dataclass(frozen=True)
class Asked:
    """path: of the configuration. verdict: of the recorded verdict. version: None where the call leaves it open.

    stage: None where a whole version is taken back. key: None where nothing is signed.
    """

    path: Path
    dataset: str
    stage: str | None
    verdict: Path
    now: datetime
    version: str | None = None
    key: SigningKey | None = None
