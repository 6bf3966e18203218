"""`gates report`: the verdict on a dataset as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gates.cli.options import FOLDER, chosen_one, config_option, today
from gates.cli.streams import clean_stdout, note, progress_bar
from gates.errors import UsageError

if TYPE_CHECKING:
    from gates.checking.targets import Target

_ENDING = ".json"


@click.command(
    epilog="""
The page is one file that needs no script and asks no server: it can be mailed, printed and put beside a release. It is written
to .gates/verdicts/DATASET.html, or beside VERDICT, and its path is printed.

A dataset is judged as by `gates check`, and a verdict on the same data under the same rules is used again. The exit code is 0
once the page is written, whatever the verdict is: `gates check` and `gates enforce` exit by it.

\b
Examples:
  gates report reviews --open
  gates report reports/reviews.json
  gates check --all --output reports --also html
"""
)
@click.argument("subject", required=False, metavar="[DATASET|VERDICT]")
@click.option("--open", "is_opened", is_flag=True, help="Show the page in the browser.")
@click.option("--output", type=FOLDER, metavar="DIR", help="Write DATASET.html there.")
@config_option
def command(subject: str | None, output: Path | None, config: Path | None, *, is_opened: bool) -> int:
    """Write the verdict on DATASET, or the one in the file VERDICT, as a page to read, show and print.

    DATASET is a table of gates.toml, and may be left out where there is only one; VERDICT is a JSON file of `gates check`.
    """
    if subject is not None and subject.endswith(_ENDING):
        page = _of_file(Path(subject), output)
    else:
        page = _of_dataset(subject, config, output)
    click.echo(str(page))
    if is_opened:
        _open(page)
    return 0


def _of_file(path: Path, output: Path | None) -> Path:
    from gates.atomic_files import replace_text
    from gates.regular_files import is_file
    from gates.verdicts.reports.page.document import whole
    from gates.verdicts.whole_verdict import whole_verdict

    if not is_file(path, str(path)):
        raise UsageError(f"no file {path}: name a dataset of gates.toml, or a verdict that `gates check` wrote")
    page = (output or path.parent) / f"{path.name.removesuffix(_ENDING)}.html"
    replace_text(page, whole(whole_verdict(path.read_bytes(), str(path))))
    return page


def _of_dataset(name: str | None, config: Path | None, output: Path | None) -> Path:
    from gates.checking.targets import targets_of

    (target,) = targets_of([name] if name else [], config, every=False)
    return _judged(target, output)


def _judged(target: Target, output: Path | None) -> Path:
    from gates.checking.check_or_recall import CheckTerms, DatasetCheck
    from gates.checking.check_version import VersionRequest, version_requested
    from gates.cli.diff.page_versions import page_versions
    from gates.verdicts.reports.page.document import whole
    from gates.verdicts.store import VerdictStore

    with version_requested(target.path, VersionRequest()) as at:
        dataset = chosen_one(at.config, next(iter(target.names), None))
        store = VerdictStore(at.home, output and output / target.folder)
        store.prepare()
        question = DatasetCheck(at, dataset, CheckTerms(today(), store.quarantine))
        with clean_stdout(), progress_bar(dataset.name) as progress:
            answered = question.recall() or question.answer(progress)
        versions = page_versions(at.repository, dataset, output, answered.verdict)
        store.write(answered.verdict)
        store.write_on_demand(
            dataset.name, "html", whole(answered.verdict, versions, answered.failing_rows(store.root))
        )
        return store.path(dataset.name).with_name(f"{dataset.name}.html")


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        note("no browser could be started: open the page yourself")
