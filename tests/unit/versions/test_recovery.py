"""Whatever a killed promotion left, and whatever was done since, ends finished, cleared away, or in a sentence that leads out."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gates.errors import DataError
from gates.versions.changes.objects import write_commit, write_tag
from gates.versions.changes.recovery import interrupted, recover
from gates.versions.changes.transaction import PreparedRefs, TransactionNote, apply, note_path, undo, write_note
from gates.versions.git.commands import git_at
from tests.dvc_repositories import ENVIRONMENT, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gates.versions.git.commands import Git

FILE = "promotions/reviews/v1.0.0.json"
MADE, PUT = "reviews@v1.0.0", "reviews#staging#1"
# Long enough that its first part is not the whole.
CONTENT = b'{"dataset": "reviews"}\n' * 100
BRANCH = "refs/heads/main"


def at(root: Path) -> Git:
    repository = git_at(root)
    assert repository
    return repository


def prepared(root: Path) -> PreparedRefs:
    old = at(root).commit("HEAD")
    new = write_commit(at(root), {FILE: CONTENT}, "promote: reviews v1.0.0\n")
    tags = {name: write_tag(at(root), name, new, f"{name}\n") for name in (MADE, PUT)}
    return PreparedRefs(BRANCH, old, new, tags, (FILE,))


def left(root: Path, *refs: str, is_undone: bool = False) -> PreparedRefs:
    """What a process that was killed half way leaves: its note, and these of its refs."""
    made = prepared(root)
    write_note(at(root), TransactionNote(made, is_undone))
    for name in refs:
        git(root, "update-ref", name, made.new if name == BRANCH else made.tags[name.removeprefix("refs/tags/")])
    return made


def state(root: Path) -> tuple[str, str, str]:
    return git(root, "show-ref"), git(root, "status", "--porcelain"), git(root, "ls-files")


def follow_the_words(root: Path, words: str) -> None:
    """Run what stands in backquotes, as somebody would who pastes it."""
    for command in words.split("`")[1::2]:
        if not command.startswith("gates"):
            subprocess.run(command, shell=True, cwd=root, env=ENVIRONMENT, check=True, capture_output=True)


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch, what: Callable[[], None], root: Path) -> bool:
    """Whether a call of git, or the end of a note, was still to come when it was killed before the step."""
    run, calls, note = type(at(root))._run, [0], note_path(at(root))

    def counted(self: Git, arguments: tuple[str, ...], *given: object) -> object:
        calls[0] += 1
        if calls[0] == step:
            raise KeyboardInterrupt
        return run(self, arguments, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(at(root)), "_run", counted)
        try:
            what()
        except KeyboardInterrupt:
            return True
    assert not note.exists()
    return False


def test_killed_before_any_step_it_is_as_before_or_whole(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository, "config", "gc.auto", "0")
    made, before = prepared(repository), state(repository)
    step, ends = 1, []
    while killed_at(step, monkeypatch, lambda: apply(at(repository), made), repository):
        recover(at(repository))
        is_whole = git(repository, "rev-parse", "HEAD") == made.new
        if is_whole:
            assert git(repository, "tag", "--list").split() == [PUT, MADE]
            assert (repository / FILE).read_bytes() == CONTENT
            assert git(repository, "status", "--porcelain") == ""
            undo(at(repository), made)
        assert state(repository) == before
        assert recover(at(repository)) is None
        ends.append(is_whole)
        step += 1
    # Once refs have moved, whoever comes later finishes; before, nothing is to be seen.
    assert (ends == sorted(ends), set(ends)) == (True, {False, True})


def test_killed_while_it_is_taken_back_it_is_taken_back(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, before = prepared(repository), state(repository)
    step = 1
    apply(at(repository), made)
    while killed_at(step, monkeypatch, lambda: undo(at(repository), made), repository):
        if note_path(at(repository)).exists():
            assert "cleared away" in str(recover(at(repository)))
            assert state(repository) == before
            assert not (repository / "promotions").exists()
            apply(at(repository), made)
        step += 1
    assert (state(repository), step > 5) == (before, True)


def test_who_commits_meanwhile_keeps_the_commit_and_learns_how_to_get_the_files_back(repository: Path) -> None:
    made = left(repository, BRANCH)
    write(repository, "a.txt", "another\n")
    git(repository, "commit", "-q", "-a", "-m", "mine")
    mine = git(repository, "rev-parse", "HEAD")
    report = str(recover(at(repository)))
    assert report.startswith("an interrupted promotion was finished (a commit on 'main' has deleted")
    assert git(repository, "rev-parse", "HEAD") == mine
    assert git(repository, "tag", "--list").split() == [PUT, MADE]
    write(repository, "message", "back\n")
    git(repository, "config", "core.editor", "cp ../repository/message")
    follow_the_words(repository, report)
    assert (repository / FILE).read_bytes() == CONTENT
    assert git(repository, "rev-parse", f"HEAD:{FILE}") == git(repository, "rev-parse", f"{made.new}:{FILE}")


def test_who_switches_to_another_branch_finds_that_branch_as_it_was(repository: Path) -> None:
    git(repository, "branch", "other")
    made = left(repository, BRANCH, f"refs/tags/{MADE}")
    git(repository, "symbolic-ref", "HEAD", "refs/heads/other")
    assert "finished" in str(recover(at(repository)))
    assert (git(repository, "status", "--porcelain"), (repository / FILE).exists()) == ("", False)
    git(repository, "switch", "-q", "main")
    assert (git(repository, "rev-parse", "HEAD"), (repository / FILE).read_bytes()) == (made.new, CONTENT)
    assert git(repository, "tag", "--list").split() == [PUT, MADE]


@pytest.mark.parametrize("refs", [(), (BRANCH,)])
def test_a_branch_that_went_elsewhere_is_left_where_no_tag_was_made(repository: Path, refs: tuple[str, ...]) -> None:
    made = left(repository, *refs)
    git(repository, "reset", "-q", "--hard", made.old)
    commit(repository, "mine")
    before = state(repository)
    assert "cleared away" in str(recover(at(repository)))
    assert state(repository) == before


def test_a_tag_whose_branch_went_elsewhere_is_kept_or_dropped_by_the_commands_that_are_shown(repository: Path) -> None:
    left(repository, f"refs/tags/{PUT}")
    commit(repository, "mine")
    for _ in range(2):
        with pytest.raises(DataError, match=f"half made: there is {PUT}, and 'main' went elsewhere since") as caught:
            recover(at(repository))
    keep, drop = str(caught.value).split("to keep it: ")[1].split("to drop it: ")
    copy = repository.parent / "copy"
    subprocess.run(["cp", "-r", str(repository), str(copy)], check=True)
    follow_the_words(copy, keep)
    assert "finished" in str(recover(at(copy)))
    assert git(copy, "tag", "--list").split() == [PUT, MADE]
    assert (git(copy, "status", "--porcelain"), (copy / FILE).read_bytes()) == ("", CONTENT)
    follow_the_words(repository, drop)
    assert "cleared away" in str(recover(at(repository)))
    assert git(repository, "tag", "--list") == ""


def test_a_tag_whose_branch_is_gone_is_kept_by_the_command_that_is_shown(repository: Path) -> None:
    left(repository, f"refs/tags/{PUT}")
    git(repository, "branch", "-m", "main", "other")
    with pytest.raises(DataError, match="'main' is gone") as caught:
        recover(at(repository))
    follow_the_words(repository, str(caught.value).split("to keep it: ")[1].split("to drop it: ")[0])
    assert "finished" in str(recover(at(repository)))
    assert git(repository, "tag", "--list").split() == [PUT, MADE]


@pytest.mark.parametrize("what", ["taken", "lost"])
def test_a_tag_that_cannot_be_made_any_more_is_dropped_by_the_commands_that_are_shown(
    repository: Path, what: str
) -> None:
    made = left(repository, BRANCH, f"refs/tags/{PUT}")
    git(repository, "reset", "-q", "--hard")
    if what == "taken":
        git(repository, "tag", MADE, made.old)
    else:
        object_id = made.tags[MADE]
        (repository / ".git/objects" / object_id[:2] / object_id[2:]).unlink()
    says = "is another tag" if what == "taken" else "git has thrown"
    with pytest.raises(DataError, match=says) as caught:
        recover(at(repository))
    follow_the_words(repository, str(caught.value).split("to drop it: ")[1])
    assert recover(at(repository)) is None
    assert PUT not in git(repository, "tag", "--list").split()
    assert not (repository / FILE).exists()


def test_a_file_that_somebody_wrote_there_meanwhile_stays(repository: Path) -> None:
    left(repository, BRANCH)
    write(repository, FILE, "mine\n")
    assert "finished" in str(recover(at(repository)))
    assert (repository / FILE).read_text() == "mine\n"


def test_a_file_that_was_half_written_is_written(repository: Path) -> None:
    left(repository, BRANCH)
    write(repository, FILE, CONTENT[:50])
    assert "finished" in str(recover(at(repository)))
    assert ((repository / FILE).read_bytes(), git(repository, "status", "--porcelain")) == (CONTENT, "")


def test_a_commit_on_top_of_what_was_to_be_taken_back_keeps_it(repository: Path) -> None:
    made = left(repository, BRANCH, f"refs/tags/{PUT}", is_undone=True)
    git(repository, "reset", "-q", "--hard")
    commit(repository, "mine")
    assert "finished" in str(recover(at(repository)))
    assert git(repository, "rev-parse", f"{MADE}^{{commit}}") == made.new


def test_what_was_to_be_taken_back_and_whose_branch_went_elsewhere_loses_its_tags(repository: Path) -> None:
    made = left(repository, f"refs/tags/{PUT}", is_undone=True)
    mine = commit(repository, "mine")
    assert "cleared away" in str(recover(at(repository)))
    assert (git(repository, "tag", "--list"), git(repository, "rev-parse", "HEAD")) == ("", mine)
    assert made.old != mine


def test_a_lock_that_a_killed_git_left_is_named_and_the_rest_follows_once_it_is_gone(repository: Path) -> None:
    left(repository, BRANCH)
    lock = write(repository, ".git/index.lock", "")
    with pytest.raises(DataError, match=r"could not be brought to an end: .*index\.lock.*delete the file"):
        recover(at(repository))
    lock.unlink()
    assert "finished" in str(recover(at(repository)))
    assert (git(repository, "status", "--porcelain"), (repository / FILE).read_bytes()) == ("", CONTENT)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"branch": 1, "old": 2, "new": 3, "tags": [1], "files": []}'])
def test_a_note_that_says_nothing_is_removed_by_the_command_that_is_shown(repository: Path, text: str) -> None:
    write(repository, ".git/gates-promotion.json", text)
    with pytest.raises(DataError, match="is no note of an interrupted promotion") as caught:
        recover(at(repository))
    follow_the_words(repository, str(caught.value))
    assert recover(at(repository)) is None


def test_a_file_that_git_does_not_have_is_not_written_over(repository: Path) -> None:
    made, before = prepared(repository), git(repository, "show-ref")
    write(repository, FILE, "mine\n")
    with pytest.raises(DataError, match=r"v1\.0\.0\.json is there and not in git"):
        apply(at(repository), made)
    assert (git(repository, "show-ref"), (repository / FILE).read_text()) == (before, "mine\n")
    assert recover(at(repository)) is None


@pytest.mark.parametrize("refs", [(), (BRANCH,), (BRANCH, f"refs/tags/{PUT}")])
@pytest.mark.parametrize("is_begun_in_main", [True, False])
def test_what_was_begun_in_one_work_tree_is_brought_to_an_end_from_another(
    repository: Path, refs: tuple[str, ...], *, is_begun_in_main: bool
) -> None:
    git(repository, "worktree", "add", "-q", "-b", "other", "../linked")
    linked = repository.parent / "linked"
    if not is_begun_in_main:
        git(linked, "switch", "-q", "--detach")
        git(repository, "switch", "-q", "other")
        git(linked, "switch", "-q", "main")
    begun, called = (repository, linked) if is_begun_in_main else (linked, repository)
    made, before = left(begun, *refs), state(called)[1:]

    assert "was begun and not ended" in str(interrupted(at(called)))
    report = recover(at(called))

    word = "finished" if refs else "cleared away"
    assert report == f"an interrupted promotion was {word}: {MADE}, {PUT}, in {begun}"
    assert git(called, "tag", "--list").split() == ([PUT, MADE] if refs else [])
    assert git(begun, "rev-parse", "HEAD") == (made.new if refs else made.old)
    assert (git(begun, "status", "--porcelain"), (begun / FILE).exists()) == ("", bool(refs))
    assert (state(called)[1:], (called / FILE).exists()) == (before, False)
    assert recover(at(begun)) is None


def test_what_was_begun_in_a_work_tree_that_was_moved_or_removed_ends_all_the_same(repository: Path) -> None:
    for what, destination in (("move", repository.parent / "moved"), ("remove", None)):
        git(repository, "worktree", "add", "-q", "-B", "other", "../linked")
        linked = repository.parent / "linked"
        old = git(linked, "rev-parse", "HEAD")
        new = write_commit(at(linked), {FILE: CONTENT}, "promote: reviews v1.0.0\n")
        made = PreparedRefs("refs/heads/other", old, new, {MADE: write_tag(at(linked), MADE, new, "words\n")}, (FILE,))
        write_note(at(linked), TransactionNote(made))
        git(repository, "update-ref", "refs/heads/other", new)
        git(
            repository,
            "worktree",
            what,
            *(["../linked", str(destination)] if destination else ["--force", "../linked"]),
        )

        assert "finished" in str(recover(at(repository)))

        assert git(repository, "rev-parse", f"{MADE}^{{commit}}") == new
        assert git(repository, "status", "--porcelain") == ""
        if destination:
            assert (git(destination, "status", "--porcelain"), (destination / FILE).read_bytes()) == ("", CONTENT)
            git(repository, "worktree", "remove", "--force", str(destination))
        git(repository, "tag", "--delete", MADE)
