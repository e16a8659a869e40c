"""Stand-ins for what is not ours: an Ollama server whose tokens are scripted."""
