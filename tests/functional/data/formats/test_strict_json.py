"""What JSON does not have is refused wherever it stands, or read as Python's strict parser reads the rest of the file."""

from __future__ import annotations

import json

import pytest

from tests.attack.inputs.readings import difference, strict_json
from tests.attack.readers import read

# One row each, as it stands in the text; the values within strings and with escapes are sound.
ROWS = r"""
{"a":1,}
{"a":[1,2 , ]}
{"a":{"b":1,}}
{"a":[1,,2]}
{"a":[,1]}
{"a":NaN}
{"a":nan}
{"a":-Infinity}
{"a": inf}
{"a":[Infinity]}
{"a":{"b":-NaN}}
{"a":1,"a":2}
{"a":1,"\u0061":2}
{"a":{"b":1,"b":2}}
{'a':1}
{"a":'x'}
{a:1}
{"a":1 /* c */}
{"a":1} // c
{"a":+1}
{"a":01}
{"a":1.}
{"a":.5}
{"a":0x1F}
{"a":True}
{"a":None}
{"a":undefined}
{"a":"\x41"}
{"a":1;"b":2}
{"a":1 2}
null
[{"a":1}]
{"a":"1, ]"}
{"a":"nan, ,}"}
{"a":"\", ]"}
{"a":"\\","b":"[NaN"}
{"a":[],"b":{},"c":null}
""".strip().splitlines()
FORMS = {
    "data.jsonl": '{{"a":1}}\n{}\n{{"a":2}}\n',
    "array.json": '[{{"a":1}},\n{}]',
    "object.json": '{{"rows":[{{"a":1}},{}],"of":"d"}}',
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("row", ROWS)
def test_rows_are_those_of_a_strict_parser_or_refused(tmp_path, row, name):
    text = FORMS[name].format(row)
    (tmp_path / name).write_text(text)

    ours = read(tmp_path, name)

    try:
        parsed = [strict_json(line) for line in text.split("\n") if line] if name == "data.jsonl" else strict_json(text)
        rows = parsed["rows"] if isinstance(parsed, dict) else parsed
        theirs = [{key: value for key, value in row.items() if value is not None} for row in rows]
    except (ValueError, AttributeError):
        assert isinstance(ours, str), ours
        assert name in ours
        return
    assert difference(ours, theirs, name) == ""


def test_what_is_no_json_is_named_with_its_line(tmp_path):
    (tmp_path / "data.jsonl").write_text(json.dumps({"a": 1.5}) + "\n" + json.dumps({"a": float("nan")}) + "\n")

    assert read(tmp_path, "data.jsonl") == (
        "data.jsonl:2: not valid JSON: NaN is no value of JSON; write null where there is none"
    )
