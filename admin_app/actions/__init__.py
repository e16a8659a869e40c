"""What people can do here, once for forms and JSON alike: fields in, a JSON-ready shape out."""

Shape = dict[str, object]
"""One row as JSON and templates show it: names of the contract, instants in unix seconds."""
