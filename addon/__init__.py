"""The gate: everything of Sluice that is not the web app."""
