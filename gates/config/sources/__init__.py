"""Code and suites that a contract is made from, named by their files without reading them."""
