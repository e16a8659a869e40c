"""What an attacker can put on a wire: raw bytes against the running gate, with a tap on its way to Ollama."""
