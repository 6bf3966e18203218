"""A promoted version of a dataset: what it says, how it is named in git, who signed it, and how it comes to be.

`statements/` has the records and names of a promotion, and calls no git; `signing/` signs records and reads keys; `git/`
reads what was promoted and pushes; `verification/` recomputes what promotions claim; `promote/` plans and carries out.
"""
