"""The secret that signs sessions: made once, kept private."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from addon.core.session import MIN_SECRET_BYTES
from addon.store.errors import SchemaError
from addon.store.secret_file import load_secret


def _write(directory: Path, content: bytes, mode: int = 0o600) -> Path:
    path = directory / "session.secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_start_makes_a_secret_and_every_other_finds_it(tmp_path: Path) -> None:
    secret = load_secret(tmp_path)
    assert len(secret) >= MIN_SECRET_BYTES
    assert load_secret(tmp_path) == secret
    assert [path.name for path in tmp_path.iterdir()] == ["session.secret"]


def test_no_two_installations_have_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert load_secret(tmp_path / "a") != load_secret(tmp_path / "b")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_secret_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        load_secret(tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "session.secret").stat().st_mode & 0o777 == 0o600


def test_starting_many_times_at_once_makes_one_secret(tmp_path: Path) -> None:
    barrier = Barrier(16)

    def start(_: int) -> bytes:
        barrier.wait()
        return load_secret(tmp_path)

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(start, range(16)))) == 1


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_a_secret_its_owner_alone_can_read_is_used(tmp_path: Path, mode: int) -> None:
    _write(tmp_path, b"s" * MIN_SECRET_BYTES, mode)
    assert load_secret(tmp_path) == b"s" * MIN_SECRET_BYTES


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644])
def test_a_secret_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = _write(tmp_path, b"s" * MIN_SECRET_BYTES, mode)
    with pytest.raises(SchemaError) as caught:
        load_secret(tmp_path)
    assert str(caught.value) == f"{path}: others can read the session secret. Run: chmod 600 {path}"


@pytest.mark.parametrize("length", [0, MIN_SECRET_BYTES - 1])
def test_a_short_secret_is_refused_and_kept(tmp_path: Path, length: int) -> None:
    path = _write(tmp_path, b"s" * length)
    with pytest.raises(SchemaError, match=r"too short. Delete the file to have a new one made.$"):
        load_secret(tmp_path)
    assert path.read_bytes() == b"s" * length
