"""Options that `gates advise` and `gates weights` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.cli.options import Command, OneOf

if TYPE_CHECKING:
    from gates.advice.worth.examples import Learner


def learner_option(command: Command) -> Command:
    """`--learner NAME`."""
    option = click.option(
        "--learner",
        type=OneOf("learner", ("boosting", "logistic")),
        help="What learns from a table. [default: boosting; texts have hashed words]",
    )
    return option(command)


def learner_of(name: str | None) -> Learner | None:
    """The learner that the option names; None leaves it to the kind of rows."""
    from gates.advice.worth.examples import Learner

    return Learner(name) if name else None
