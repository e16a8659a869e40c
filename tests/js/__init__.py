"""The browser modules that need no browser, tested by Node."""
