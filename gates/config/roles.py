"""Roles of columns that several data types share, and which of them only human rows have."""

from __future__ import annotations

import re

LINEAGE_ROLES = ("generator", "generator_version", "prompt_id", "seed_id", "created_at", "licence")
# Several annotators' votes stand in columns side by side; five are more than any public set has.
VOTES = tuple(f"label_{number}" for number in range(1, 6))
# Where a row comes from and what it is about, whatever its type: checks by domain, language and annotator read them.
CONTEXT_ROLES = ("domain", "expertise", "language", "locale", "author", "source", "annotator", "cost")
# Who wrote or judged a row, and what that cost, is known of people only: a generator has no author, and no annotator's
# expertise or vote.
PEOPLE_ROLES = ("author", "annotator", "expertise", "translator", "cost", *VOTES)
# Which model wrote either response of a pair; human ones have none.
RESPONSE_GENERATORS = ("generator_chosen", "generator_rejected")
# Conversations as a list of {role, content}; the engine reads prompt, response and system out of it.
MESSAGES = "messages"
# What was said before the prompt: turns as messages, or as pairs of what was asked and answered.
HISTORY = "history"
# What an instruction is about, where it stands apart from it.
INPUT = "input"
# Answers of several models to one prompt, with a score each.
COMPLETIONS = "completions"
# What is written down of most texts.
WRITTEN = ("id", "author", "source", "domain", "language", "locale", "label")
# Names of a column that numbers the rows of a file, as pandas writes it: the numbers start anew in each file.
INDEX_NAME = re.compile(r"(?i)index|row_?(id|number)|unnamed: 0|column_1_\(no_name.*")
