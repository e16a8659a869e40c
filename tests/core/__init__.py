"""Tests of the pure core: tables for what is fixed, hypothesis for what must always hold."""
