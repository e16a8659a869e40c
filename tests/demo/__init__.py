"""The demo model: its HTTP face over real sockets with scripted tokens, and once with the real weights."""
