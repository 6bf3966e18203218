"""The former name of `gates.gx`; it goes with the next release."""

import warnings

from gates.gx import *  # noqa: F403

warnings.warn("gates.suites is now gates.gx", DeprecationWarning, stacklevel=2)
