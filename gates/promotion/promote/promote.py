"""Promotes one version of a dataset to one stage."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING

from gates.advice.weighing import weights
from gates.config import reviews
from gates.errors import UsageError
from gates.promotion.errors import ConditionError, PromotionError
from gates.promotion.evidence import Evidence, PromoteRequest, contract_files, evidence_of
from gates.promotion.git.history import PromotionTag, TagHistory, tag_history
from gates.promotion.git.promoted_version import DatasetFiles, PromotedVersion, openable, promoted_version, rows_sha256
from gates.promotion.git.same_files import files_of, files_of_verdict, refuse_revoked_files
from gates.promotion.promote.plan import (
    PromotionPlan,
    existing_tags,
    lenience_of,
    new_statement,
    previous,
    version_tag,
    wanted_version,
)
from gates.promotion.records import beside, stated_records
from gates.promotion.signing.envelope import sign
from gates.promotion.stage_conditions import Candidate, met, promoted_candidate, unmet
from gates.promotion.statements.paths import folder_of_config
from gates.promotion.statements.statement import sha256
from gates.promotion.statements.tag_message import TagMessage
from gates.promotion.statements.tags import ReleaseVersion, TagName, refuse_untaggable
from gates.promotion.verification.findings import Finding, FindingState, first_bad
from gates.promotion.verification.order import Succession, verify_base, verify_bases, verify_claims_and_base, wrong_base
from gates.promotion.verification.overlap import counterparts, overlaps
from gates.promotion.verification.signatures import verify_envelope_bytes
from gates.promotion.verification.verify import verify_event, verify_events_before
from gates.promotion.verification.version import verify_local_copies, verify_version
from gates.versions.configuration import config_at
from gates.versions.dataset.snapshots import snapshot
from gates.versions.dvc.artifacts import missing_artifact
from gates.versions.git.authors import review_of
from gates.versions.version import at_commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from gates.config.dataset import DatasetConfig
    from gates.config.parsing.stages import Stage
    from gates.versions.changes.clean_repository import CleanRepository


def plan_promotion(clean: CleanRepository, request: PromoteRequest) -> PromotionPlan:
    """What the promotion adds, once the verdict, the data and the stage's conditions have been looked at.

    Raises UsageError for an unknown stage or a version that cannot be next, ConditionError where the stage's conditions are
    not fulfilled, PromotionError where the version's promotion cannot be verified; what `evidence_of` raises.
    """
    with config_at(clean.repository, request.path, clean.version) as config:
        dataset, stage = config.dataset(request.dataset), config.stage(str(request.stage))
        folder = folder_of_config(clean.repository, request.home)
        refuse_untaggable(dataset.name, folder, stage.name)
        plan = _Promotion(clean, request, tag_history(clean.repository, dataset.name, folder), stage).plan(dataset)
        # The promotion's own commit has the dvc.yaml of the one that was judged.
        judged = at_commit(plan.target or clean.head)
        return replace(plan, note=missing_artifact(clean.repository, dataset, folder, judged))


@dataclass(frozen=True)
class _Promotion:
    """One call, what was promoted before it, and the stage that it is to."""

    clean: CleanRepository
    request: PromoteRequest
    history: TagHistory
    stage: Stage

    def plan(self, dataset: DatasetConfig) -> PromotionPlan:
        request, history = self.request, self.history
        version = history.last() if request.version is None else wanted_version(request.version, history)
        tag = history.made.get(version) if version else None
        if tag and (request.version or (not request.verdict.is_file() and self._is_in_head(dataset, tag))):
            # It is named, or nobody judged here what somebody promoted elsewhere: its verdict lies beside its statement.
            return self._further(tag)
        evidence = evidence_of(self.clean, dataset, request)
        if tag:
            statement = promoted_version(self.clean.repository, tag).statement
            if (statement.manifest_sha256, statement.contract.sha256) == (evidence.manifest, evidence.contract):
                return self._further(tag)
        return self._new(dataset, evidence)

    def _new(self, dataset: DatasetConfig, evidence: Evidence) -> PromotionPlan:
        clean, request, history = self.clean, self.request, self.history
        refuse_revoked_files(history, files_of_verdict(evidence.manifest, evidence.verdict))
        at_home = replace(dataset, root=request.home)
        opened = partial(openable, clean.repository, at_home, evidence.data_type, clean.version)
        self._refuse_overlaps(dataset.purpose, opened())
        last, version = history.last(), wanted_version(request.version, history)
        if last and version <= last:
            raise UsageError(
                f"{version} does not come after {last}, the last one; expected {last.next_patch()} or higher"
            )
        paths, judged = history.paths(version), evidence.verdict
        rows = cache(lambda: rows_sha256(opened()))
        records = stated_records(clean.tree, paths.statement, judged, rows)
        stated = new_statement(history, clean.head, version, evidence, request.now)
        statement = replace(stated, review=records["review"], weights=records["weights"]).to_bytes()
        self._refuse_base(version)
        digest = sha256(statement)
        files = {paths.statement: statement, paths.verdict: evidence.document}
        if request.key:
            files[paths.envelope] = sign(statement, request.key)
        file_beside = partial(beside, clean.tree, paths.statement)
        candidate = Candidate(
            judged, version, review_of(clean.git, clean.head), request.now, evidence.written_at, rows=rows,
            weights=file_beside(weights.FILE_NAME), record=file_beside(reviews.FILE_NAME), is_new=request.version is None,
        )  # fmt: skip
        put = self._stage_tag(digest, candidate)
        words = f"{history.dataset} {version} to {self.stage.name}"
        return PromotionPlan(
            version, (version_tag(history, version, digest, files.get(paths.envelope)), put), files=files,
            pointers=tuple(sorted(evidence.pointers)), message=f"promote: {words}\n", sentence=f"promoted {words}",
            lenience=lenience_of(evidence.verdict, paths.verdict), at=request.now,
        )  # fmt: skip

    def _is_in_head(self, dataset: DatasetConfig, tag: PromotionTag) -> bool:
        """Whether HEAD has the data and the contract of a version, to the byte."""
        promoted, at_home = promoted_version(self.clean.repository, tag), replace(dataset, root=self.request.home)
        pointers = snapshot(self.clean.repository, at_home, self.clean.version).pointer_md5s()
        files, statement = contract_files(self.clean.tree, at_home, promoted.verdict, pointers), promoted.statement
        return (pointers, files) == (dict(statement.pointers), dict(statement.contract.files))

    def _further(self, tag: PromotionTag) -> PromotionPlan:
        """A version that exists already, put on another stage: what its promotion says must still be verified."""
        request, history, stage = self.request, self.history, self.stage
        if tag.name.version not in history.standing():
            raise UsageError(f"{tag.name} was taken back; promote another version")
        promoted = promoted_version(self.clean.repository, tag)
        refuse_revoked_files(history, files_of(promoted))
        stages, statement = history.events_of(tag.commit), promoted.statement
        # DVC takes the commit of a stage's newest event for what is on the stage, be it a revocation: only another event
        # after it brings DVC back to a version that was on the stage before.
        # https://github.com/iterative/dvc, dvc/repo/artifacts.py, get_rev
        newest = history.last_event(stage.name)
        if stage.name in stages and (request.version is None or (newest and newest.commit == tag.commit)):
            return self._nothing_new(promoted, stages[stage.name])
        self._refuse_signing(promoted)
        self._refuse_unverified(promoted)
        self._refuse_overlaps(statement.purpose, promoted.files())
        put = self._stage_tag(promoted.digest, promoted_candidate(promoted, request.now, stages))
        plan = self._of_existing(promoted, f"promoted {history.dataset} {statement.version} to {stage.name}")
        return replace(plan, tags=(put,), lenience=lenience_of(promoted.verdict, promoted.paths.verdict))

    def _of_existing(self, promoted: PromotedVersion, sentence: str) -> PromotionPlan:
        statement = promoted.statement
        return PromotionPlan(
            statement.version, (), pointers=tuple(statement.pointers), target=promoted.tag.commit, sentence=sentence,
            existing=existing_tags(self.history, promoted.tag), recorded=(promoted.paths.statement,), at=self.request.now,
        )  # fmt: skip

    def _nothing_new(self, promoted: PromotedVersion, event: PromotionTag) -> PromotionPlan:
        """The version is on the stage already; what it has may still have to be sent."""
        claims = verify_claims_and_base(self.history, promoted)
        _refuse_bad(chain(claims, self._opened_by(event)), str(event.name))
        if promoted.envelope is None:
            self._refuse_signing(promoted)
        version = promoted.statement.version
        return self._of_existing(promoted, f"{self.history.dataset} {version} is on '{self.stage.name}' already")

    def _stage_tag(self, digest: str, candidate: Candidate) -> tuple[TagName, TagMessage]:
        """The tag that puts a version on the stage. Raises ConditionError where a condition of it is not fulfilled."""
        history, stage = self.history, self.stage
        missing = unmet(stage, candidate)
        if missing:
            raise ConditionError("\n".join(missing))
        return TagName(history.dataset, history.folder, stage=stage.name, number=history.next_number), TagMessage(
            subject=f"{history.dataset} {candidate.version} to {stage.name}",
            statement_sha256=digest,
            version=candidate.version,
            follows=previous(history.last_event(stage.name)),
            stage=stage.name,
            conditions=(met(stage, candidate),),
            configuration=self.clean.head,
        )

    def _refuse_signing(self, promoted: PromotedVersion) -> None:
        if self.request.key:
            raise UsageError(
                f"{promoted.name} is there already, and its statement is signed or not for good; leave --sign out"
            )

    def _refuse_unverified(self, promoted: PromotedVersion) -> None:
        """Raises PromotionError unless all that the next stage rests on was looked at and verified."""
        before = self.history.events_of(promoted.tag.commit).get(self.stage.after or "")
        of_version = chain(verify_version(promoted), verify_local_copies(promoted))
        of_bases = [verify_base(self.history, promoted), *verify_bases(self.history, promoted)]
        of_stages = self._opened_by(before) if before else ()
        findings = [*of_version, *of_bases, verify_envelope_bytes(promoted), *of_stages]
        _refuse_bad(findings, promoted.name)
        unseen = next((finding for finding in findings if finding.state is FindingState.NOT_LOOKED_AT), None)
        if unseen:
            raise PromotionError(
                f"{unseen}; it cannot be verified here: install that version, or run `gates check {self.history.dataset}` "
                "and promote a new version"
            )

    def _opened_by(self, event: PromotionTag) -> Iterator[Finding]:
        """Findings on an event of a stage, and on those of the stages before that it came after."""
        return chain(verify_event(self.history, event), verify_events_before(self.history, event))

    def _refuse_base(self, version: ReleaseVersion) -> None:
        """A new version follows one that `gates verify` will accept as the one it has to follow, and that is verified."""
        history, last = self.history, self.history.last()
        names = self.clean.tree.listing.blobs
        wrong = wrong_base(history, Succession(version, last, self.clean.head, names, self.request.now))
        if wrong:
            raise PromotionError(
                f"{history.dataset} {version}: {wrong}; merge the branches that have the versions and their revocations, "
                f"`git fetch --tags`, `gates check {history.dataset}`, then promote"
            )
        if last is None:
            return
        promoted = promoted_version(history.repository, history.made[last])
        bad = first_bad(chain(verify_claims_and_base(history, promoted), verify_bases(history, promoted)))
        if bad:
            raise PromotionError(
                f"{bad}; nothing can follow {promoted.name}: take it back, see `gates verify {promoted.name}`"
            )

    def _refuse_overlaps(self, purpose: str | None, data: AbstractContextManager[DatasetFiles]) -> None:
        others = counterparts(self.clean.repository, purpose)
        shared = overlaps(others, purpose, data, self.request.progress)
        if shared:
            own = self.history.dataset
            ways = (f"{words}; remove them from {own}, or revoke {other} first." for other, words in shared.items())
            raise ConditionError("\n".join(ways))


def _refuse_bad(findings: Iterable[Finding], tag: str) -> None:
    bad = first_bad(findings)
    if bad:
        raise PromotionError(f"{bad}; it cannot be promoted any further, see `gates verify {shlex.quote(tag)}`")
