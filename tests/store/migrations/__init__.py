"""Tests of how migrations are run."""
