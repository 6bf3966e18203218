"""Tasks go through Label Studio itself: it imports them, two people annotate, and what it exports is imported."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from sqlite3 import connect
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

# It takes other versions of libraries than gates does: an environment of its own, by `pip install label-studio` there.
PROGRAM = os.environ.get("LABEL_STUDIO") or shutil.which("label-studio")
TOKEN = "0123456789abcdef0123456789abcdef01234567"  # of a server that lives as long as this test
# Seconds: it makes its database first.
STARTED_WITHIN = 400

CONFIG = """\
[datasets.rows]
path = "data/rows.csv"
type = "tabular"
"""
needs_program = pytest.mark.skipif(
    PROGRAM is None, reason="Label Studio is not installed: `pip install label-studio`, LABEL_STUDIO=its program"
)


@dataclass(frozen=True)
class Server:
    """A Label Studio of one test. tokens: of its people, by their number."""

    address: str
    tokens: dict[int, str] = field(default_factory=lambda: {1: TOKEN})

    def call(self, method: str, path: str, body: object = None, user: int = 1) -> object:
        """What the server answers."""
        headers = {"Authorization": f"Token {self.tokens[user]}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())


def started(folder: Path) -> tuple[Server, subprocess.Popen[bytes]]:
    """A server with an empty database in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "DATABASE_NAME": str(folder / "server.sqlite3"),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    account = ["--username", "a@example.org", "--password", "only-for-a-test", "--user-token", TOKEN]
    command = [str(PROGRAM), "start", "--no-browser", "--port", str(port), *account]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    server = Server(f"http://localhost:{port}")
    end = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            server.call("GET", "/api/projects/")
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise
            time.sleep(1)
        else:
            return server, process


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("label-studio")
    running, process = started(folder)
    second = running.call("POST", "/api/users/", {"email": "bo@example.org", "username": "bo"})
    with connect(f"file:{folder / 'server.sqlite3'}?mode=ro", uri=True) as database:
        running.tokens.update(database.execute("SELECT user_id, key FROM authtoken_token"))
    assert second["id"] in running.tokens
    yield running
    process.terminate()
    process.wait(60)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "gates.toml").write_text(CONFIG)
    rows = 80
    frame = {
        # What a page or a configuration might take for its own.
        "a <b> 'text' & more": [f'row {number} <View>$x</View> & "é" ٣' for number in range(rows)],
        "size": [number if number % 7 else None for number in range(rows)],
        "origin": ["human", "synthetic"] * (rows // 2),
    }
    pl.DataFrame(frame).write_csv(tmp_path / "data/rows.csv")
    return tmp_path


def choice(name: str, value: str) -> dict[str, object]:
    return {"from_name": name, "to_name": "shown_1", "type": "choices", "value": {"choices": [value]}}


def annotated(server, project, judge, users=(1, 2)) -> list[dict[str, object]]:
    """What the server exports of the tasks, each annotated by one person, second reviews by another.

    judge: says accept, reject or None, to skip it, of a task's data.
    """
    made = server.call(
        "POST", "/api/projects/", {"title": "Rows to review", "label_config": (project / "tasks.xml").read_text()}
    )
    tasks = json.loads((project / "tasks.json").read_text())
    answer = server.call("POST", f"/api/projects/{made['id']}/import", tasks)
    assert answer["task_count"] == len(tasks)
    imported = server.call("GET", f"/api/tasks?project={made['id']}&page_size=1000")["tasks"]
    digests = set()
    for task in sorted(imported, key=lambda one: one["data"]["task"]):
        answer = judge(task["data"])
        results = [choice("answer", answer), choice("guess", "human")] if answer else []
        user = users[task["data"]["digest"] in digests]
        digests.add(task["data"]["digest"])
        body = {"result": results, "was_cancelled": answer is None}
        server.call("POST", f"/api/tasks/{task['id']}/annotations/", body, user)
    return server.call("GET", f"/api/projects/{made['id']}/export?exportType=JSON&download_all_tasks=true")


@needs_program
@pytest.mark.slow
@pytest.mark.program
@pytest.mark.timeout(900)
def test_review_goes_through_label_studio_and_back(server, project, gates):
    planned = gates(project, "review", "plan", "rows", "--output", "tasks.json", "--blind", "--double", "0.1")
    export = annotated(server, project, lambda data: "accept" if data["task"] != 3 else "reject")
    (project / "export.json").write_text(json.dumps(export))
    imported = gates(project, "review", "import", "rows", "export.json")
    record = json.loads((project / "promotions/rows/review.json").read_text())

    assert planned.code == 0
    assert "wrote tasks.json: import it into a project of Label Studio" in planned.err
    assert imported.code == 0, imported.err
    assert [one for one in record["reviews"] if not one["accepted"]] == [
        {"task": 3, "accepted": False, "reviewer": "user 1", "guess": "human"}
    ]
    assert {one["reviewer"] for one in record["reviews"]} == {"user 1", "user 2"}
    assert len(record["reviews"]) == len(record["plan"]["tasks"])
    shown = json.loads((project / "tasks.json").read_text())[0]["data"]
    assert shown["shown_1"].startswith("row ")
    assert "row" not in shown


@needs_program
@pytest.mark.slow
@pytest.mark.program
@pytest.mark.timeout(900)
def test_tasks_that_were_skipped_there_are_open(server, project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.json", "--blind", "--double", "0")
    export = annotated(server, project, lambda data: None if data["task"] % 2 else "accept")
    (project / "export.json").write_text(json.dumps(export))

    assert gates(project, "review", "import", "rows", "export.json").code == 0
    record = json.loads((project / "promotions/rows/review.json").read_text())
    assert {one["task"] % 2 for one in record["reviews"]} == {0}
    assert gates(project, "review", "status", "rows").code == 3


# As version 1.23 exports a task, shortened by what is not read.
EXPORTED = {
    "id": 1,
    "annotations": [
        {"completed_by": 1, "was_cancelled": False, "result": [choice("answer", "accept")], "lead_time": None}
    ],
    "predictions": [],
    "data": {"task": 1, "digest": "sha256:aa", "shown_1": "words"},
}


def exported(project, *, annotations=None, **data):
    """The export of every task, the first of them changed."""
    tasks = [
        {**EXPORTED, "annotations": list(EXPORTED["annotations"]), "data": one["data"]}
        for one in json.loads((project / "tasks.json").read_text())
    ]
    tasks[0]["data"] = {**tasks[0]["data"], **data}
    tasks[0]["annotations"] = tasks[0]["annotations"] if annotations is None else annotations
    (project / "export.json").write_text(json.dumps(tasks))


def said(result, by=1):
    return {"completed_by": by, "was_cancelled": False, "result": result}


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"digest": "sha256:00"}, 3, "export.json: entry 1: task 1 has the digest sha256:00"),
        ({"task": 900}, 2, "export.json: entry 1: no task '900' was planned"),
        ({"annotations": [said([choice("answer", "fine")])]}, 2, "entry 1: answer 'fine' of task 1"),
        ({"annotations": [said([choice("mood", "good")])]}, 2, "entry 1: unknown question 'mood'"),
        ({"annotations": [said([choice("answer", "accept")], by) for by in (1, 2)]}, 2, "task 1 has two reviews"),
        ({"annotations": [said([choice("answer", "accept")], by=None)]}, 2, "task 1 has an answer and no reviewer"),
        (
            {"annotations": [said([choice("answer", "accept")], by={"email": None})]},
            2,
            "task 1 has an answer and no reviewer",
        ),
        (
            {"annotations": [{"result": []}]},
            2,
            "as Label Studio exports it in the format JSON (it has no 'completed_by')",
        ),
        ({"annotations": 5}, 2, "(a part of it is of another kind than expected)"),
    ],
)
def test_export_that_contradicts_the_plan_is_refused_as_a_whole(changes, code, message, project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.json", "--double", "0")
    exported(project, **changes)

    called = gates(project, "review", "import", "rows", "export.json")
    assert (called.code, called.out) == (code, "")
    assert message in called.err
    assert json.loads((project / "promotions/rows/review.json").read_text())["reviews"] == []


def test_an_export_without_a_task_or_an_answer_is_no_review(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.json", "--double", "0")
    (project / "export.json").write_text("[]")
    (project / "tasks.csv").write_text("task,digest,answer,reviewer\n")

    empty, header = (gates(project, "review", "import", "rows", name) for name in ("export.json", "tasks.csv"))
    exported(project)
    unanswered = json.loads((project / "export.json").read_text())[:3]
    (project / "export.json").write_text(json.dumps([{**one, "annotations": []} for one in unanswered]))
    waiting = gates(project, "review", "import", "rows", "export.json")

    assert (empty.code, header.code, waiting.code) == (2, 2, 0)
    assert "export.json: has no task" in empty.err
    assert "tasks.csv: has no task" in header.err
    assert "no task of these files has an answer" in waiting.err


def test_people_go_by_the_address_where_an_export_has_it(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.json", "--double", "0", "--reviewer", "ana@example.org")
    exported(project)
    refused = gates(project, "review", "import", "rows", "export.json")
    text = (project / "export.json").read_text()
    nameless, ana = (
        text.replace('"completed_by": 1', f'"completed_by": {json.dumps({"id": 7, "email": email})}')
        for email in ("", "ana@example.org")
    )
    (project / "export.json").write_text(nameless)
    numbered = gates(project, "review", "import", "rows", "export.json")
    (project / "export.json").write_text(ana)

    assert (refused.code, numbered.code) == (2, 2)
    assert "reviewed by user 7, who is no reviewer of this plan" in numbered.err
    assert "reviewed by user 1, who is no reviewer of this plan" in refused.err
    assert gates(project, "review", "import", "rows", "export.json").code == 0


def test_no_file_that_is_there_is_replaced(project, gates):
    (project / "tasks.xml").write_text("mine")

    called = gates(project, "review", "plan", "rows", "--output", "tasks.json")
    assert (called.code, "tasks.xml: is there already" in called.err) == (2, True)
    assert (project / "tasks.xml").read_text() == "mine"
    assert not (project / "tasks.json").exists()
