"""Tests of addon.settings."""
