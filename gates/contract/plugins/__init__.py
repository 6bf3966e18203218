"""Data types, metrics and reports that others bring along: loaded, and held to what they claim to be.

Who writes one imports `TypeContract` or `Report` from here, or `gates.metrics.base.metric.Metric`.
"""

from gates.contract.plugins.interface import Report, TypeContract

__all__ = ["Report", "TypeContract"]
