"""How many threads the libraries of linear algebra and of models take."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread(user_api: str | None = None) -> AbstractContextManager[object]:
    """While it lasts, the libraries that are loaded take one thread. user_api: "blas" or "openmp"; None: both."""
    limited: AbstractContextManager[object] = _loaded(len(sys.modules)).limit(limits=1, user_api=user_api)
    return limited


@lru_cache(maxsize=1)
def _loaded(_modules: int) -> ThreadpoolController:
    """The libraries that so many modules have loaded: to look for them takes longer than a small matrix does."""
    return ThreadpoolController()
