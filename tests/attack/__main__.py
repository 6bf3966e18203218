"""`python -m tests.attack`: attacks gates for a while and prints what came of it; exit 1 where there is a defect."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.attack.campaigns import CAMPAIGNS, attack


@click.command()
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed makes the same inputs.")
@click.option("--budget", type=float, default=300, show_default=True, help="Seconds of all campaigns together.")
@click.option("--first", type=int, default=0, show_default=True, help="The number of the first try, to repeat one.")
@click.option("--campaign", "names", multiple=True, type=click.Choice([*CAMPAIGNS]), help="Only this one (repeatable).")
def main(seed: int, budget: float, first: int, names: tuple[str, ...]) -> None:
    """Damage files, rules and pointers, write while gates reads, and kill it."""
    is_sound = True
    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        for figures in attack(Path(folder), seed, budget, names, first):
            click.echo(figures)
            for defect in figures.defects:
                click.echo(f"  {defect}")
            is_sound = is_sound and not figures.defects
    sys.exit(not is_sound)


if __name__ == "__main__":
    main()
