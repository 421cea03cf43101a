"""The kinds of array that the mathematics takes and gives."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Words = NDArray[np.object_]
Draws = NDArray[np.float32]
