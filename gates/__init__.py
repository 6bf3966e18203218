"""Data-quality gates for datasets that mix human and synthetic rows.

`gates.check("reviews")` judges a dataset of gates.toml. The other names are what authors of metrics, data types and
reports need. Each is imported when it is first asked for: `import gates` alone imports nothing. Their types
stand in `__init__.pyi`.
"""

__version__ = "0.1.0"

_NAMES = {
    "gates.api.check": ("check",),
    "gates.api.compare": ("VerdictComparison", "compare"),
    "gates.api.verdict": ("CheckVerdict", "FailedVerdictError"),
    "gates.config.data_types": ("LINEAGE_ROLES", "DataType"),
    "gates.config.types.declaration": ("DeclaredRule",),
    "gates.config.load": ("load_config",),
    "gates.contract.plugins.interface": ("Report", "TypeContract"),
    "gates.errors": ("GatesError",),
    "gates.metrics.base.measurement": (
        "Baseline",
        "Estimate",
        "Failed",
        "Growth",
        "Inconclusive",
        "Measured",
        "Measurement",
        "NotConfigured",
        "Part",
        "ReportOnly",
        "RowCounts",
    ),
    "gates.metrics.base.metric": ("Metric", "Side", "Unit"),
    "gates.verdict": ("Answer", "CheckResult", "Outcome", "Scope", "Severity", "Verdict"),
}
_MODULES = {
    "gx": "gates.gx",
    "intervals": "gates.metrics.stats.intervals",
    "rules": "gates.rows.schemas.rules",
    "testing": "gates.testing",
}


def __getattr__(name: str) -> object:
    """The public name, imported now."""
    from importlib import import_module

    if name in _MODULES:
        return import_module(_MODULES[name])
    for module, names in _NAMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module 'gates' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(["__version__", *_MODULES, *(name for names in _NAMES.values() for name in names)])


__all__ = __dir__()  # noqa: PLE0605 (the names stand above, once)
