"""The verdict as metadata of Croissant 1.1 with its RAI extension: the files, the rows by origin, and what was found.

A fragment: creator, date and address of a published set are for whoever publishes it. https://docs.mlcommons.org/croissant/
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.verdicts.reports.findings import answer, findings, headline
from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.verdict import Verdict

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
_CONTEXT: Mapping[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_ENCODINGS = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines",
    ".parquet": "application/x-parquet",
    ".arrow": "application/vnd.apache.arrow.file",
    ".feather": "application/vnd.apache.arrow.file",
}
_OTHER = "application/octet-stream"
_MADE_BY = "Human rows were made by people, synthetic ones by programs; the origin of undeclared ones is not known."


def croissant(verdict: Verdict) -> str:
    """One JSON-LD object: how many rows people and programs made, and each finding as a limitation of the data."""
    counts = {origin: count for origin, count in verdict.rows.items() if count}
    made = ", ".join(f"{count:,} {origin}" for origin, count in counts.items())
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": verdict.dataset,
        "description": printable(f"Rows by origin: {made}. Judged by gates: {headline(verdict)}."),
        "conformsTo": list(CONFORMS_TO),
        "identifier": verdict.digest(),
        **({"license": licence} if (licence := verdict.contract.get("licence")) else {}),
        "distribution": [*_files(verdict)],
        # Schema.org's own term for what is known of a set in numbers.
        "variableMeasured": [
            {"@type": "sc:PropertyValue", "name": f"{origin} rows", "value": count}
            for origin, count in verdict.rows.items()
        ],
        "rai:dataCollection": f"Rows by who made them: {made}. {_MADE_BY}",
        "rai:dataLimitations": [printable(check.message) for check in findings(verdict).failures],
        "rai:dataUseCases": printable(
            f"purpose {verdict.contract.get('purpose') or 'not declared'}: {answer(verdict)}"
        ),
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _files(verdict: Verdict) -> Iterator[dict[str, object]]:
    files = verdict.data.get("files")
    for file in files if isinstance(files, list) else []:
        path = str(file["path"])
        yield {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path,
            "contentUrl": path,
            "contentSize": f"{file['size']} B",
            "encodingFormat": _ENCODINGS.get(PurePosixPath(path).suffix.lower(), _OTHER),
            "sha256": file["sha256"],
        }


REPORT = Report("croissant", "croissant.json", croissant)
