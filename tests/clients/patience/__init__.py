"""Every client that installs from PyPI or npm, made to wait; `scripts/patience` runs it."""
