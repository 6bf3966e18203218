"""Whether promotions follow each other as they say: versions after their base, the events of a stage one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.promotion.history import message_of
from gates.promotion.promoted import promoted
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.history import History, Tag
    from gates.promotion.promoted import Promoted
    from gates.promotion.tag_message import Followed
    from gates.versions.repository import Repository


def verify_base(repository: Repository, known: History, found: Promoted) -> Finding:
    """Whether the version before is the one that this one says it follows."""

    def step() -> str | None:
        base = found.statement.base
        if base is None:
            return "follows no version, and its tag says otherwise" if found.message.follows else None
        before = known.tag_of(base.version)
        if before is None:
            return f"follows {base.version}, whose tag is gone; `git fetch --tags`"
        if promoted(repository, before).digest != base.statement_sha256:
            return f"follows another statement of {base.version} than the one that its tag points to"
        if not base.version < found.statement.version:
            return f"follows {base.version}, which is no earlier version"
        git = git_of(repository, str(found.tag.name))
        if not git.succeeds("merge-base", "--is-ancestor", before.commit, found.tag.commit):
            return f"follows {base.version}, which is not in its history"
        return _followed(found.message.follows, before)

    return looked_at(str(found.tag.name), "order", step)


def verify_stages(repository: Repository, known: History) -> Iterator[Finding]:
    """A finding for each event of a dataset's stages."""
    git = git_of(repository, "stages")
    for at, tag in enumerate(known.stages):
        earlier = known.stages[:at]

        def step(tag: Tag = tag, earlier: Sequence[Tag] = earlier) -> str | None:
            message = message_of(git, tag)
            if message.stage != tag.name.stage:
                return f"its message is that of stage '{message.stage}'"
            made = known.tag_of(message.version)
            if made is None or made.commit != tag.commit:
                return f"points to {tag.commit[:7]}, which is not where {known.dataset} {message.version} is"
            if promoted(repository, made).digest != message.statement_sha256:
                return f"names another statement than that of {message.version}"
            if earlier and earlier[-1].name.number == tag.name.number:
                return f"has the number of {earlier[-1].name}"
            same = [other for other in earlier if other.name.stage == tag.name.stage]
            return _followed(message.follows, same[-1] if same else None)

        yield looked_at(str(tag.name), "order", step)


def _followed(said: Followed | None, before: Tag | None) -> str | None:
    if (said is None) != (before is None) or (said and before and said.name != str(before.name)):
        return f"says it follows {said.name if said else 'nothing'}, and before it is {before.name if before else 'nothing'}: a tag was added, moved or deleted"
    if said and before and said.object_id != before.object_id:
        return f"follows another {before.name} than the one there is: that tag was replaced"
    return None
