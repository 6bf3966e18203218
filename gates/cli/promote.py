"""`gates promote`: make a version of a dataset out of a verdict that passed, and put it on a stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.cli.options import FILE, FOLDER, config_option, dataset_words
from gates.cli.streams import note, progress_bar, show_lines
from gates.visible_text import has_words

if TYPE_CHECKING:
    from gates.checking.targets import Target
    from gates.promotion.promote.plan import PromotionPlan
    from gates.promotion.signing.signing_keys import SigningKey
    from gates.run_state import Progress
    from gates.versions.changes.clean_repository import CleanRepository


@click.command(
    epilog="""
What is promoted is what HEAD has: data that DVC tracks, under suites, schema and configuration of that commit, with a
verdict of `gates check` that passed on exactly these bytes. A version is a commit that adds promotions/DATASET/VERSION.json
and the verdict, and two tags in GTO's grammar: DATASET@VERSION, DATASET#STAGE#N. All of it happens, or none.

What is on one stage goes to the next without a new version: a tag is added, once its promotion has been verified and the
stage's conditions in gates.toml are fulfilled.

Exit codes: 1 where the verdict failed or a condition of the stage is not fulfilled, 2 wrong usage, 3 could not promote.

\b
Examples:
  gates promote reviews --stage staging --dry-run
  gates promote reviews --stage staging --push
  gates promote reviews --stage prod --version v1.2.0 --push
  gates promote reviews --stage prod --sign --key ~/.ssh/id_ed25519
  gates promote reviews --revoke --version v1.2.0 --reason "consent withdrawn"
"""
)
@click.argument("dataset", shell_complete=dataset_words)
@click.option("--stage", metavar="STAGE", help="Where to: a [stages.STAGE] of gates.toml.")
@click.option(
    "--version", metavar="V", help="Such as v1.2.0. [default: what HEAD has, as the next version if it is new]"
)
@click.option("--sign", is_flag=True, help="Sign the statement; needs the extra [sign] of gates.")
@click.option(
    "--key", type=FILE, metavar="FILE",
    help="Ed25519 key for --sign, PEM or OpenSSH. [default: git's user.signingKey]",
)  # fmt: skip
@click.option(
    "--push", "is_pushed", is_flag=True, help="Push data, then branch and tags atomically; roll back on failure."
)
@click.option("--dry-run", is_flag=True, help="Look at everything, show what would be added, add nothing.")
@click.option("--if-new", is_flag=True, help="Exit 0 where it is on the stage already, and with --push the remote too.")
@click.option(
    "--revoke", is_flag=True, help="Take a version back, or with --stage take it off the stage; needs --reason."
)
@click.option("--reason", metavar="TEXT", help="Why it is taken back.")
@click.option("--output", type=FOLDER, metavar="DIR", help="Where `gates check --output DIR` wrote the verdict.")
@config_option
def command(**given: Any) -> int:
    """Promote DATASET to a stage."""
    call = _Call(**given)
    call.refuse_what_excludes()
    return call.run()


@dataclass(frozen=True)
class _Call:
    """One call of the command."""

    dataset: str
    stage: str | None
    version: str | None
    sign: bool
    key: Path | None
    is_pushed: bool
    dry_run: bool
    if_new: bool
    revoke: bool
    reason: str | None
    output: Path | None
    config: Path | None

    def refuse_what_excludes(self) -> None:
        if self.revoke and not (self.reason and has_words(self.reason)):
            raise click.UsageError('--revoke needs --reason "…": who meets the revocation asks why')
        if self.reason and not self.revoke:
            raise click.UsageError("--reason says why something is taken back: give --revoke too")
        if not self.revoke and not self.stage:
            raise click.UsageError("say where to: --stage STAGE, one of [stages] in gates.toml")
        if self.key and not self.sign:
            raise click.UsageError("--key signs nothing by itself: give --sign too")
        if self.revoke and self.if_new:
            raise click.UsageError("--if-new is about promotions: leave out --revoke, or leave out --if-new")
        if self.revoke and self.sign:
            raise click.UsageError("--revoke signs no statement; git signs its tag where tag.gpgSign is set")

    def run(self) -> int:
        from gates.promotion.promote.execute import PromoteOptions, carry_out
        from gates.versions.repository import open_repository

        target = self._target()
        options = PromoteOptions(self.is_pushed, self.dry_run, self.if_new, self.revoke)
        repository = open_repository(target.path.parent)
        with progress_bar(self.dataset) as progress:
            result = carry_out(repository, options, lambda clean: self._plan(clean, target, progress), note, progress)
        show_lines(result.lines)
        note(result.next_step)
        return 0

    def _target(self) -> Target:
        from gates.checking.targets import targets_of

        return targets_of((self.dataset,), self.config, every=False)[0]

    def _plan(self, clean: CleanRepository, target: Target, progress: Progress) -> PromotionPlan:
        from gates.promotion.evidence import PromoteRequest
        from gates.promotion.promote.promote import plan_promotion
        from gates.promotion.promote.revoke import plan_revocation
        from gates.verdicts.store import VerdictStore

        name = target.names[0]
        store = VerdictStore(target.path.parent, self.output / target.folder if self.output else None)
        request = PromoteRequest(
            path=target.path,
            dataset=name,
            stage=self.stage,
            verdict=store.path(name),
            now=datetime.now(tz=UTC).replace(microsecond=0),
            version=self.version,
            key=self._signing_key(clean) if self.sign else None,
            progress=progress,
        )
        return plan_revocation(clean, request, str(self.reason)) if self.revoke else plan_promotion(clean, request)

    def _signing_key(self, clean: CleanRepository) -> SigningKey:
        from gates.promotion.signing.signing_keys import read_signing_key

        if self.key:
            return read_signing_key(self.key)
        configured = clean.git.output_or_none("config", "--type=path", "--get", "user.signingKey")
        if not configured or not Path(configured).is_file():
            raise click.UsageError("--sign needs a key: --key FILE, or a file as git's user.signingKey")
        return read_signing_key(Path(configured.removesuffix(".pub")))
