"""The web app, asked over its own routes on a real database."""
