"""Sluice as its users have it: whole processes, real clients, a real browser, a real model."""
