"""`gates promote`: make a version of a dataset out of a verdict that passed, and put it on a stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.commands.options import config_option
from gates.commands.streams import note
from gates.reports.plain import printable

if TYPE_CHECKING:
    from gates.judging.targets import Target
    from gates.promotion.ground import Ground
    from gates.promotion.planning import Plan
    from gates.promotion.publishing import Remote
    from gates.promotion.signing_keys import SigningKey
    from gates.versions.repository import Repository


@click.command(
    epilog="""\b
What is promoted is what HEAD has: data that DVC tracks, under suites, schema and configuration of that commit, with a
verdict of `gates check` that passed on exactly these bytes. A version is a commit that adds promotions/DATASET/VERSION.json
and the verdict, and two tags in GTO's grammar: DATASET@VERSION, DATASET#STAGE#N. All of it happens, or none.

\b
What is on one stage goes to the next without a new version: a tag is added, once its promotion has been verified and the
stage's conditions in gates.toml hold.

\b
Exit codes: 1 where the verdict failed or a condition of the stage does not hold, 2 wrong usage, 3 could not promote.

\b
Examples:
  gates promote reviews --stage staging --dry-run
  gates promote reviews --stage staging --push
  gates promote reviews --stage prod --version v1.2.0 --push
  gates promote reviews --stage prod --sign --key ~/.ssh/id_ed25519
  gates promote reviews --revoke --version v1.2.0 --reason "consent withdrawn"
"""
)
@click.argument("dataset")
@click.option("--stage", metavar="STAGE", help="Where to: a [stages.STAGE] of gates.toml.")
@click.option(
    "--version", metavar="V", help="Such as v1.2.0. [default: what HEAD has, as the next version if it is new]"
)
@click.option("--sign", is_flag=True, help="Sign the statement; needs origin-gates[sign].")
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Ed25519 key for --sign, PEM or OpenSSH. [default: git's user.signingKey]",
)  # fmt: skip
@click.option("--push", "is_pushed", is_flag=True, help="`dvc push`, then branch and tags at once; else nothing stays.")
@click.option("--dry-run", is_flag=True, help="Look at everything, show what would be added, add nothing.")
@click.option("--if-new", is_flag=True, help="Exit 0 where the stage has it already, and with --push the remote too.")
@click.option(
    "--revoke", is_flag=True, help="Take a version back, or with --stage take it off the stage; needs --reason."
)
@click.option("--reason", metavar="TEXT", help="Why it is taken back.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where `gates check --output DIR` wrote the verdict.",
)  # fmt: skip
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
        if self.revoke and not (self.reason and self.reason.strip()):
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
        from gates.promotion.lock import only_promotion
        from gates.promotion.recovery import interrupted, recover
        from gates.versions.repository import open_repository
        from gates.versions.version import git_of

        target = self._target()
        repository = open_repository(target.path.parent)
        git = git_of(repository, "a promotion")
        if self.dry_run:
            return self._promote(repository, target, interrupted(git))
        with only_promotion(git, note):
            return self._promote(repository, target, recover(git))

    def _promote(self, repository: Repository, target: Target, told: str | None) -> int:
        """told: what became of an interrupted promotion, None where there was none."""
        from gates.promotion.ground import ground_of
        from gates.promotion.publishing import remote_of

        if told:
            note(told)
        ground = ground_of(repository)
        remote = remote_of(ground.git, ground.branch) if self.is_pushed else None
        planned = self._plan(ground, target)
        if not planned.tags:
            self._add_nothing(ground, planned, remote, is_told=bool(told))
            return 0
        for said in (planned.lenience, planned.note):
            note(said or "")
        if self.dry_run:
            click.echo("\n".join(["would add:", *_lines(planned)]))
        else:
            self._add(ground, planned, remote)
        return 0

    def _add(self, ground: Ground, planned: Plan, remote: Remote | None) -> None:
        from gates.promotion.promoting import prepare
        from gates.promotion.publishing import Parcel, how_to_push, missing_before, push, refs_at
        from gates.promotion.transaction import apply

        if remote:
            # A remote that is away is found out before anything is made.
            there = refs_at(ground.git, remote)
            _push_data(ground, planned)
        made = prepare(ground, planned)
        parcel = Parcel(made.new, {**planned.held, **made.tags}, (*planned.recorded, *made.files))
        apply(ground.git, made)
        if remote:
            note(push(ground.git, remote, parcel, made) or "")
            note(missing_before(remote, parcel, (message for _, message in planned.tags), there) or "")
        click.echo("\n".join([planned.sentence, *_lines(planned)]))
        if not remote:
            told = how_to_push(ground.git, ground.branch, parcel.tags, has_data=bool(planned.pointers))
            note(f"not pushed: {told}")

    def _add_nothing(self, ground: Ground, planned: Plan, remote: Remote | None, *, is_told: bool) -> None:
        """Send what the remote lacks of what is here already. Raises UsageError where it lacks nothing.

        is_told: an interrupted promotion was brought to an end, which is what the call is for.
        """
        from gates.errors import UsageError
        from gates.promotion.publishing import Parcel, lacking, push, refs_at

        git = ground.git
        parcel = Parcel(ground.head, planned.held, planned.recorded)
        left = lacking(git, remote, parcel, refs_at(git, remote)) if remote else []
        if remote and left:
            lines = [f"  {'tag ' if name in parcel.tags else 'branch'} {name}" for name in left]
            if not self.dry_run:
                _push_data(ground, planned)
                note(push(git, remote, parcel) or "")
            what = "lacks it, and would get" if self.dry_run else "lacked it, and has now"
            click.echo("\n".join([f"{planned.sentence}; {remote.name} {what}:", *map(printable, lines)]))
            return
        where = f", and {remote.name} has all of it" if remote else ""
        if not (self.if_new or is_told):
            fine = "" if self.revoke else "; where that is fine, give --if-new"
            raise UsageError(f"{planned.sentence}{where}{fine}")
        note(f"{planned.sentence}{where}")

    def _target(self) -> Target:
        from gates.judging.targets import targets_of

        return targets_of((self.dataset,), self.config, every=False)[0]

    def _plan(self, ground: Ground, target: Target) -> Plan:
        from gates.promotion.asked import Asked
        from gates.promotion.promoting import plan
        from gates.promotion.revoking import plan_revocation
        from gates.records.store import VerdictStore

        name = target.names[0]
        store = VerdictStore(target.path.parent, self.output / target.folder if self.output else None)
        asked = Asked(
            path=target.path,
            dataset=name,
            stage=self.stage,
            verdict=store.path(name),
            now=datetime.now(tz=UTC),
            version=self.version,
            key=self._signing_key(ground) if self.sign else None,
        )
        return plan_revocation(ground, asked, str(self.reason)) if self.revoke else plan(ground, asked)

    def _signing_key(self, ground: Ground) -> SigningKey:
        from gates.promotion.signing_keys import read_signing_key

        if self.key:
            return read_signing_key(self.key)
        asked = ("config", "--type=path", "--get", "user.signingKey")
        told = ground.git.run(*asked).decode().strip() if ground.git.succeeds(*asked) else ""
        if not told or not Path(told).is_file():
            raise click.UsageError("--sign needs a key: --key FILE, or a file as git's user.signingKey")
        return read_signing_key(Path(told.removesuffix(".pub")))


def _push_data(ground: Ground, planned: Plan) -> None:
    from gates.promotion.publishing import names_other_data, push_data

    push_data(ground.git, planned.pointers)
    if planned.pointers and planned.target and names_other_data(ground.git, planned.target, planned.pointers):
        note(
            f"HEAD may name other data than {planned.version}, and `dvc push` sends what HEAD names; where its own was never "
            f"sent: `git switch --detach {planned.target[:7]}`, `dvc push`, `git switch -`"
        )


def _lines(planned: Plan) -> list[str]:
    files = [f"  file {path}" for path in planned.files]
    return [printable(line) for line in (*files, *(f"  tag  {name}" for name, _ in planned.tags))]
