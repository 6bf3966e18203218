"""One Great Expectations class per metric: its limits and the metric's own parameters are its arguments.

The class judges nothing itself: `gates.metrics.limits.judge` does, and its judgement stands in `result["details"]`. Success is a pass and nothing else: too few rows, an error or an undeclared input are no evidence.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from great_expectations.compatibility.pydantic import Field, root_validator
from great_expectations.expectations.expectation import BatchExpectation, MetaExpectation
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.expectations.registry import list_registered_expectation_implementations
from great_expectations.util import camel_to_snake
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from gates.contract.suites.arguments import limit_names, problem_with
from gates.contract.suites.suite import limits_of, params_of
from gates.errors import GatesError
from gates.gx.measurements import METRIC
from gates.metrics.limits.check_result import Demand, check_result
from gates.verdict import CheckId, Outcome, Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.metrics.base.metric import Metric

# What Great Expectations' own result says already.
_NAMED_BY_GX = frozenset({"id", "scope", "kind", "type"})
Number = int | float | None
_registered: dict[str, tuple[Metric, type[GatesExpectation]]] = {}


class GatesExpectation(BatchExpectation):  # type: ignore[misc]
    """What all expectations on our metrics share. `meta.scope` names the scope where nothing was measured beforehand."""

    @classmethod
    @abstractmethod
    def metric(cls) -> Metric:
        """The metric that this expectation puts limits on."""

    @root_validator(pre=True)  # type: ignore[untyped-decorator]
    def _refuse_wrong_arguments(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        metric = cls.metric()
        inherited = set(BatchExpectation.__fields__)
        problem = problem_with(metric, {name: value for name, value in values.items() if name not in inherited})
        if problem:
            raise ValueError(problem)
        return values

    def get_validation_dependencies(self, execution_engine: Any = None, runtime_configuration: Any = None) -> Any:
        """The measurement of this metric with these parameters on the batch being validated."""
        del execution_engine
        # The base class makes the configuration anew for each key that it looks up, also where it has no say.
        given = runtime_configuration or {}
        wanted = given["result_format"] if "result_format" in given else self._get_result_format(given)
        result_format = parse_result_format(wanted)
        question = {
            "expectation": self.expectation_type,
            "params": params_of(self.metric(), self._arguments()),
            "scope": self._scope(),
        }
        domain = {"batch_id": self.batch_id}
        return ValidationDependencies({METRIC: MetricConfiguration(METRIC, domain, question)}, result_format)

    def _validate(self, metrics: dict[str, Any], **_: Any) -> dict[str, Any]:
        metric, arguments = self.metric(), self._arguments()
        demand = Demand(limits_of(arguments), Severity(self.severity.value), params_of(metric, arguments))
        check_id = CheckId(Scope(self._scope()), self.expectation_type)
        result = check_result(check_id, metric, metrics[METRIC], demand)
        details = {name: value for name, value in result.to_json().items() if name not in _NAMED_BY_GX}
        return {
            "success": result.outcome is Outcome.PASS,
            "result": {"observed_value": details["observed"], "details": details},
        }

    def _scope(self) -> str:
        return str((self.meta or {}).get("scope", Scope.COMBINED.value))

    def _arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.success_keys}


def expectation_class(metric: Metric, *, is_replacing: bool = False) -> type[GatesExpectation]:
    """The expectation on this metric, registered with Great Expectations; the same class at every call.

    is_replacing: take the place of another metric's. Two repositories, judged one after the other, may each have a
    metric of this name; what is measured comes from the repository that is judged, never from what is registered.
    Raises GatesError when another metric or Great Expectations itself already has an expectation of this name.
    """
    name = metric.expectation
    registered = _registered.get(name)
    if registered and registered[0] == metric:
        return registered[1]
    if registered and is_replacing:
        # Of plugins only: `gates.contract.plugins.registry` refuses names that are built in.
        return _made(metric)
    if registered or name in list_registered_expectation_implementations():
        raise GatesError(f"two expectations are called '{name}': rename the metric's `expectation`")
    return _made(metric)


def _made(metric: Metric) -> type[GatesExpectation]:
    name = metric.expectation
    class_name = "".join(word.capitalize() for word in name.split("_"))
    if camel_to_snake(class_name) != name:
        raise GatesError(f"'{name}' does not survive as a class name: use lower-case words joined by single '_'")
    fields: dict[str, Any] = {limit: Field(None, description=_LIMIT_TEXT[limit]) for limit in limit_names(metric.side)}
    annotations: dict[str, Any] = dict.fromkeys(fields, Number)
    for param, default in metric.params:
        fields[param] = list(default) if isinstance(default, tuple) else default
        annotations[param] = Any
    namespace = {
        "__module__": __name__,
        "__doc__": f"{metric.asks}\n\n{metric.why}",
        "__annotations__": annotations,
        "metric": classmethod(lambda _cls: metric),
        "success_keys": tuple(annotations),
        **fields,
    }
    made: type[GatesExpectation] = MetaExpectation(class_name, (GatesExpectation,), namespace)
    _registered[name] = (metric, made)
    return made


def register(metrics: Iterable[Metric], *, is_replacing: bool = False) -> None:
    """Makes Great Expectations know the expectation of every metric. is_replacing: as for `expectation_class`."""
    for metric in metrics:
        expectation_class(metric, is_replacing=is_replacing)


_LIMIT_TEXT = {
    "min_value": "Below it the expectation fails.",
    "max_value": "Above it the expectation fails.",
    "warn_value": "Beyond it the expectation fails with severity warning.",
}
