"""Names of array types that recur."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.uint16]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Labels = npt.NDArray[np.int8]
