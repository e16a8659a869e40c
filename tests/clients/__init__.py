"""Real clients of Ollama, as people install them, in front of the gate."""
