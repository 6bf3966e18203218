"""`gates verify`: recompute what promotions claim, offline."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.cli.options import FILE, OneOf, config_option
from gates.cli.streams import note, progress_bar, show_lines
from gates.errors import UsageError, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.git.history import TagHistory
    from gates.promotion.verification.findings import Finding
    from gates.promotion.verification.selection import VerifySelection
    from gates.promotion.verification.signatures import TrustedKeys
    from gates.versions.repository import Repository

BAD, COULD_NOT = 1, 3
# Enough to see what they are of; all the tags of models would fill the screen.
_SHOWN = 5


@click.command(
    epilog="""
Tags, statement, verdict, suites, schema, configuration and data are those of the commit that a tag points to; the
promotion's own files are compared in the work tree too, and so are contract and data as long as HEAD still has what was
promoted. Nothing is fetched unless DVC has to get data.

Exit codes: 1 where something is not what was promoted, 2 wrong usage or nothing was promoted, 3 where something could not be
looked at.

\b
Examples:
  gates verify                                  every promotion
  gates verify reviews                          every version and stage of a dataset
  gates verify reviews@v1.2.0                   one version
  gates verify 'reviews#prod#3'                 what put a version on a stage, and the version
  gates verify 'reviews#prod!#4'                what took it off again
  gates verify promotions/reviews/v1.2.0.json
  gates verify --allowed-signers .github/allowed_signers --rerun
"""
)
@click.argument("promotion", required=False, metavar="[TAG|FILE|DATASET]")
@click.option("--all", "every", is_flag=True, help="Every promotion; the default without a name.")
@click.option("--rerun", is_flag=True, help="Judge again and compare; look again for rows shared with evaluation sets.")
@click.option(
    "--key", "keys", type=FILE, metavar="FILE", multiple=True,
    help="A public Ed25519 key that must have signed the statement; may be repeated. It signs no tags, and so no stages.",
)  # fmt: skip
@click.option(
    "--allowed-signers", type=FILE, metavar="FILE",
    help="Keys as ssh and git list them; one of them must have signed, also the tags of stages.",
)  # fmt: skip
@click.option(
    "--pgp-key", "pgp_keys", metavar="FINGERPRINT", multiple=True,
    help="A PGP key that must have signed the tags; may be repeated. No other PGP key counts.",
)  # fmt: skip
@click.option("--format", "form", type=OneOf("format", ["terminal", "json"]), default="terminal", show_default=True)
@config_option
def command(promotion: str | None, config: Path | None, **given: Any) -> int:
    """Verify promotions: 0 all verified, 1 something was changed, 3 something could not be looked at."""
    from gates.config.load import nearest_config
    from gates.promotion.verification.findings import FindingState
    from gates.versions.repository import open_repository

    if promotion and given["every"]:
        raise click.UsageError("name a promotion or give --all, not both")
    start = config or nearest_config(Path.cwd()) or Path.cwd() / "gates.toml"
    home = start.parent if start.suffix else start
    repository = open_repository(home)
    if repository.git is None:
        raise UsageError(
            f"{repository.top} is in no git repository, and promotions are commits and tags; run it in a clone"
        )
    trusted = _trusted(given["keys"], given["allowed_signers"], given["pgp_keys"])
    with progress_bar("verifying") as progress:
        findings = []
        for finding in _findings(repository, promotion, home, trusted, is_rerun=given["rerun"]):
            findings.append(finding)
            progress(finding.tag, 0, 0)
    if given["form"] == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _show(findings)
    states = {finding.state for finding in findings}
    return BAD if FindingState.WRONG in states else COULD_NOT if FindingState.UNKNOWN in states else 0


def _trusted(keys: tuple[Path, ...], allowed_signers: Path | None, pgp_keys: tuple[str, ...]) -> TrustedKeys:
    from gates.promotion.signing.signers import pgp_fingerprint, read_signers
    from gates.promotion.verification.signatures import TrustedKeys

    files = [*keys, *([allowed_signers] if allowed_signers else [])]
    signers = tuple(signer for file in files for signer in read_signers(file))
    return TrustedKeys(signers, allowed_signers, frozenset(map(pgp_fingerprint, pgp_keys)), is_required=bool(files))


def _findings(
    repository: Repository, promotion: str | None, home: Path, trusted: TrustedKeys, *, is_rerun: bool
) -> Iterator[Finding]:
    from gates.promotion.git.history import histories
    from gates.promotion.git.non_dataset_tags import is_foreign
    from gates.promotion.verification.matching_tags import verify_untagged
    from gates.promotion.verification.selection import whole
    from gates.promotion.verification.verify import verify_selection

    promoted = histories(repository)
    if not promotion:
        # What somebody names is verified as a promotion, whatever it is.
        foreign = [history for history in promoted if is_foreign(history)]
        promoted = [history for history in promoted if history not in foreign]
        _report_foreign(foreign)
    if not promoted:
        raise UsageError(f"nothing was promoted in {repository.top.name}, or its tags are not here; `git fetch --tags`")
    selections = [_selection(repository, promoted, promotion, home)] if promotion else [*map(whole, promoted)]
    for selection in selections:
        yield from verify_selection(selection, trusted, is_rerun=is_rerun)
        if is_rerun:
            # It brings Great Expectations, which takes ten times as long to import as all the rest.
            from gates.checking.rerun import verify_rerun

            for tag in selection.versions:
                yield verify_rerun(repository, tag)
    if selections[0].is_whole:
        yield from verify_untagged(repository, promoted, selections[0].history if promotion else None)


def _selection(repository: Repository, promoted: Sequence[TagHistory], promotion: str, home: Path) -> VerifySelection:
    from gates.promotion.statements.paths import folder_of_config
    from gates.promotion.verification.selection import select

    path = repository.relative(Path.cwd() / promotion)
    return select(repository, promoted, promotion, path, folder_of_config(repository, home))


def _report_foreign(foreign: list[TagHistory]) -> None:
    names = [str(tag.name) for history in foreign for tag in history.tags]
    if names:
        note(f"not gates' tags: {first_few(names, _SHOWN)}: no dataset ever had the name")


def _show(findings: list[Finding]) -> None:
    from gates.promotion.verification.findings import FindingState
    from gates.verdicts.reports.text import counted

    for tag in dict.fromkeys(finding.tag for finding in findings):
        own = [finding for finding in findings if finding.tag == tag]
        states = {finding.state for finding in own}
        verified = [finding.part for finding in own if finding.state is FindingState.VERIFIED]
        # What is verified of a promotion that failed would only hide what is wrong with it.
        answer = f"verified: {counted(len(verified), 'part')} ({', '.join(verified)})"
        if FindingState.WRONG in states:
            answer = "FAILED"
        elif FindingState.UNKNOWN in states:
            answer = "could not be verified"
        others = (finding for finding in own if finding.state is not FindingState.VERIFIED)
        show_lines([f"{tag}: {answer}", *(f"  {one.part}: {one.words or one.state.value}" for one in others)])
    if not findings:
        note("nothing to verify")
