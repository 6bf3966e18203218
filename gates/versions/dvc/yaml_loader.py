"""The whole of YAML, for files of DVC that somebody wrote or merged by hand, and for `dvc.yaml` and `dvc.lock`."""

from __future__ import annotations

import yaml

_MERGE = "<<"


# libyaml parses a lock file of 400 stages ten times as fast as the parser in Python.
# All scalars stay strings: DVC writes YAML 1.2, where `on`, `1_000` and `12:30` are words and fine names of a folder,
# while PyYAML's safe loader reads YAML 1.1, where they are a boolean and two numbers.
class LOADER(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Takes each key once, as DVC does, and merges what `<<` names."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: ARG002, FBT001, FBT002 (PyYAML's)
        """As PyYAML's. Raises MarkedYAMLError for a key that stands there twice."""
        keys: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in keys:
                twice = f"the key '{key.value}' stands there twice"
                raise yaml.constructor.ConstructorError(None, None, twice, key.start_mark)
            keys.add(key.value)
        mapping: dict[object, object] = super().construct_mapping(node, deep=True)
        merged = mapping.pop(_MERGE, {})
        for defaults in merged if isinstance(merged, list) else [merged]:
            mapping = {**defaults, **mapping} if isinstance(defaults, dict) else mapping
        return mapping
