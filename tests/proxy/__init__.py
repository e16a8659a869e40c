"""Tests of addon.proxy: the hooks over real sockets, against a fake Ollama."""
