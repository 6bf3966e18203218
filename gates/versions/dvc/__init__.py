"""DVC's pointers, manifests and object store, read without importing dvc."""
