"""A small Ollama-compatible server on a real model, for machines without Ollama."""
