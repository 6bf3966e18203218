"""Names of array types that recur."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


Hashes = npt.NDArray[np.uint64]


Flags = npt.NDArray[np.uint16]
