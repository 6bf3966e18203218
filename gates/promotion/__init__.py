"""A promoted version of a dataset: what it says, how it is named in git, who signed it, and how it comes to be.

`statement`, `tags`, `tag_message`, `envelope`, `signers` and `signing_keys` (with `fields` and `errors`) call no git and
read no configuration: they say what a promotion is. The other modules make, check and publish promotions with them.
"""
