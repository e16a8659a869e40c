"""How a setting is declared, and the walk from declared sections to a flat catalogue of dotted keys.

A section is a frozen dataclass. Its fields are settings, or inner sections (`field(default_factory=…)`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from addon.settings.kinds import Kind, as_toml

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KIND = "kind"
_TITLE = "title"
_MEANING = "meaning"


@dataclass(frozen=True)
class Setting:
    """One declared setting: its dotted key in the file, kind and default, and for people its title and meaning."""

    key: str
    kind: Kind[Any]
    default: Any
    title: str
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it: `queue.base.web_chat` is `SLUICE_QUEUE__BASE__WEB_CHAT`."""
        return f"SLUICE_{self.key.replace('.', '__').upper()}"

    @property
    def section(self) -> str:
        """The dotted name of the table it stands in."""
        return self.key.rpartition(".")[0]

    @property
    def shown_default(self) -> str:
        """The default as it is written in the file."""
        return as_toml(self.default)


def setting[T](kind: Kind[T], default: T, title: str, meaning: str) -> T:
    """Declare one field of a section; name, kind, default, title and meaning need no second place."""
    return field(default=default, metadata={_KIND: kind, _TITLE: title, _MEANING: meaning})


def declared_settings(sections: Mapping[str, "type[DataclassInstance]"]) -> Iterator[Setting]:
    """Yield every setting, those of a section before those of the sections inside it."""
    for name, declared in sections.items():
        for one in fields(declared):
            if _KIND in one.metadata:
                told = one.metadata
                yield Setting(f"{name}.{one.name}", told[_KIND], one.default, told[_TITLE], told[_MEANING])
        yield from declared_settings(_inner_sections(name, declared))


def _inner_sections(name: str, declared: "type[DataclassInstance]") -> "dict[str, type[DataclassInstance]]":
    return {
        f"{name}.{one.name}": type(one.default_factory())
        for one in fields(declared)
        if one.default_factory is not MISSING
    }


def filled[S: "DataclassInstance"](defaults: S, name: str, given: Mapping[str, object]) -> S:
    """Return the section with the given values (by dotted key) in place of its defaults."""
    changes: dict[str, Any] = {}
    for one in fields(defaults):
        key = f"{name}.{one.name}"
        if one.default_factory is not MISSING:
            changes[one.name] = filled(getattr(defaults, one.name), key, given)
        elif key in given:
            changes[one.name] = given[key]
    return replace(defaults, **changes)
