"""What a test has measured, for whoever runs it with -s."""


def show(measured: str) -> None:
    """Print a line of it."""
    print(measured)  # noqa: T201 - measured, so worth showing
