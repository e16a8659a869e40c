"""One call from file, environment and options to checked Settings; it reads the one file and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from addon.settings.catalogue import filled
from addon.settings.errors import SettingsError
from addon.settings.forms import DATA_DIRECTORY, LISTEN_URL
from addon.settings.keeping import BackupSettings, LogSettings, RetentionSettings
from addon.settings.model import (
    DatabaseSettings,
    GateSettings,
    LimitsSettings,
    QueueSettings,
    Settings,
    Source,
    UpstreamSettings,
)
from addon.settings.sources import SETTINGS, UPSTREAM, from_environment, from_file, from_option


def load_settings(
    *, config: Path | None, data: Path | None, listen: str | None, environ: Mapping[str, str]
) -> Settings:
    """Return the settings of this run; options stand above the environment, that above the file.

    `config`, `data` and `listen` are the command-line options, None where not given. Then `SLUICE_CONFIG`
    names the file (none: the defaults) and `SLUICE_DATA_DIR` the data directory (else `./data`).
    Raises SettingsError for anything unknown, missing or out of range, also where a higher source overrides.
    """
    by_source: dict[Source, dict[str, object]] = {
        "file": _from_file(config, environ),
        "environment": from_environment(environ),
        "option": from_option("gate.listen", "--listen", listen),
    }
    given: dict[str, object] = {}
    sources: dict[str, Source] = dict.fromkeys(SETTINGS, "default")
    for source, values in by_source.items():
        given.update(values)
        sources.update(dict.fromkeys(values, source))
    return _settings(_data_dir(data, environ), given, sources)


def _from_file(config: Path | None, environ: Mapping[str, str]) -> dict[str, object]:
    if config is not None:
        return from_file(config, "option --config")
    named = environ.get("SLUICE_CONFIG")
    return from_file(Path(named), "environment SLUICE_CONFIG") if named else {}


def _data_dir(data: Path | None, environ: Mapping[str, str]) -> Path:
    found = data if data is not None else Path(environ.get("SLUICE_DATA_DIR") or "data")
    if "?" in str(found):
        where = "option --data" if data is not None else "environment SLUICE_DATA_DIR"
        raise SettingsError(where, "the path holds a question mark, which no database URL can. Rename it.")
    return found


def _settings(data_dir: Path, given: Mapping[str, object], sources: Mapping[str, Source]) -> Settings:
    return Settings(
        data_dir=data_dir,
        gate=_checked_gate(_with_own_url(filled(GateSettings(), "gate", given))),
        upstreams=(filled(UpstreamSettings(), UPSTREAM, given),),
        queue=filled(QueueSettings(), "queue", given),
        limits=filled(LimitsSettings(), "limits", given),
        database=_in_directory(filled(DatabaseSettings(), "database", given), data_dir),
        backup=filled(BackupSettings(), "backup", given),
        retention=filled(RetentionSettings(), "retention", given),
        log=filled(LogSettings(), "log", given),
        sources=MappingProxyType(dict(sources)),
    )


def _with_own_url(gate: GateSettings) -> GateSettings:
    if gate.public_url != LISTEN_URL:
        return gate
    return replace(gate, public_url=gate.listen.reachable().as_url())


def _checked_gate(gate: GateSettings) -> GateSettings:
    if gate.hosts.admin and gate.hosts.admin == gate.hosts.chat:
        mend = "a root can be only one of the two. Give them different names, or leave one out."
        raise SettingsError("gate.hosts", f"chat and admin are both {gate.hosts.chat}, but {mend}")
    for route in gate.route:
        prefix = next((one for one in gate.path_prefixes if route.path.startswith(f"{one}/")), None)
        if prefix is not None:
            mend = f"gate.path_prefixes strips {prefix} from it. Name the path without the prefix."
            raise SettingsError("gate.route", f"{route.path} can never be asked for: {mend}")
    return gate


def _in_directory(database: DatabaseSettings, data_dir: Path) -> DatabaseSettings:
    return replace(database, url=database.url.replace(DATA_DIRECTORY, str(data_dir)))
