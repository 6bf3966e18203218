"""What can be wrong with a promotion, its signature or the keys that were given for it."""

from __future__ import annotations

from gates.errors import GatesError, UsageError


class PromotionError(GatesError):
    """A file or tag of a promotion is not what it has to be: exit 3."""


class EnvelopeError(PromotionError):
    """The envelope does not show that a known signer signed this statement."""


class KeyFileError(UsageError):
    """A file of keys that was named cannot be used: exit 2."""


class ConditionError(GatesError):
    """What was judged is not good enough for the stage: exit 1, one sentence a line."""

    exit_code = 1
