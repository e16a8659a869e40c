"""Lists of addresses as people keep them: one address or network a line, a name behind it, `#` before remarks."""

from addon.core.addresses import parse_network


def read_list(text: str) -> list[tuple[str, str]]:
    """Each network with its name (empty when it has none), in the order of the lines.

    Raises ValueError, with a sentence that names the line, for what is no network and for one that stands twice.
    """
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        cidr, *rest = line.partition("#")[0].split(maxsplit=1) or [""]
        if cidr:
            network = _network(cidr, number)
            if network in found:
                raise ValueError(f"Line {number}: {network} stands on line {found[network][0]} already.")
            found[network] = number, "".join(rest).strip()
    return [(network, name) for network, (_, name) in found.items()]


def line_numbers(text: str) -> list[int]:
    """The numbers of the lines on which something stands: those of what `read_list` returns."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if line.partition("#")[0].strip()]


def _network(cidr: str, number: int) -> str:
    try:
        return str(parse_network(cidr))
    except ValueError as error:
        raise ValueError(f"Line {number}: {error}.") from error
