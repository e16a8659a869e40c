"""One migrated database for all, copied for each test."""

from collections.abc import Generator
from pathlib import Path

import pytest

from addon.store.engine import reading
from tests.admin_app.house import Browser, House, open_house


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    open_house(folder).context.engine.dispose()
    return folder / "sluice.db"


@pytest.fixture
def house(tmp_path: Path, template_database: Path) -> Generator[House]:
    opened = open_house(tmp_path, template_database)
    # While one connection stays, as the gate's does, SQLite does not tidy up after each of the others.
    with reading(opened.context.engine) as session:
        session.connection()
        yield opened


@pytest.fixture
def visitor(house: House) -> Browser:
    return house.visitor()


@pytest.fixture
def person(house: House) -> Browser:
    return house.joined("ann")


@pytest.fixture
def admin(house: House) -> Browser:
    return house.joined("root", is_admin=True)
