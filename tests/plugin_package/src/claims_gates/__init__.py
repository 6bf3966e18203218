"""Insurance claims for gates."""
