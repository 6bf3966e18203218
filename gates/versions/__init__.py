"""Which bytes a dataset has at a version: the work tree, the index, or a commit.

Pointers of DVC are read with git and YAML alone; DVC is imported only to fetch what its cache lacks. Each name is
imported from its own module: a hook in which nothing changed needs few of them.
"""
