"""The shell commands find a uv that works and run it as promised; small programs stand in for uv and pip."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAILING = "exit 127"
# Notes its arguments, and fails when one of them is the word in the environment variable BREAK.
UV = """echo "$*" >>"$NOTES"
for word in "$@"; do if [ "$word" = "${BREAK:-}" ]; then echo "$word is broken"; exit 3; fi; done"""
# A Python with pip that cannot install, and one whose pip installs a uv that works.
WHOLE_SUITE = "run --no-sync pytest --numprocesses auto --maxprocesses 4 --dist loadfile"
PIP_WITHOUT_NETWORK = 'case "$*" in *install*) echo "no route" >&2; exit 1;; esac'
PIP = """case "$*" in *install*)
    for word in "$@"; do if [ "$before" = --target ]; then target=$word; fi; before=$word; done
    pwd >>"$NOTES"
    mkdir -p "$target/bin"; printf '#!/bin/sh\\n' >"$target/bin/uv"; chmod +x "$target/bin/uv";;
esac"""


class Machine:
    """A repository's scripts in a folder of their own, on a machine that has only the programs put there."""

    def __init__(self, home: Path) -> None:
        """Lay out the repository and a PATH with nothing but the commands that the scripts need."""
        self.root = home / "repository"
        self.bin = home / "bin"
        self.notes = home / "notes"
        for name in ("scripts", ".ci"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.bin.mkdir()
        for name in ("bash", "cat", "date", "dirname", "env", "mkdir", "chmod", "mktemp", "rm", "sh"):
            found = shutil.which(name)
            assert found is not None, name
            (self.bin / name).symlink_to(found)
        self.program(self.bin / "id", "echo 1000")
        for name in ("python3", "python3.13", "python3.12", "python3.11"):
            self.program(self.bin / name, FAILING)
        # The last resort is named by its full path; here it must not be the machine's own.
        bootstrap = self.root / "scripts/bootstrap"
        bootstrap.write_text(bootstrap.read_text().replace("/usr/bin/python3", "/nonexistent/python3"))

    def program(self, path: Path, body: str) -> Path:
        """Put a small shell program at `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # It may be a link to a program of this machine.
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    def run(self, command: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one of the commands from another folder, with no environment but what is given."""
        return subprocess.run(
            [self.root / command, *arguments],
            cwd=self.bin,
            env={"PATH": str(self.bin), "NOTES": str(self.notes), **variables},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def noted(self) -> list[str]:
        """Return what the stand-ins noted, without the questions for a version."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [line for line in lines if line != "--version"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with neither uv nor pip."""
    return Machine(tmp_path)


@pytest.fixture
def with_uv(machine: Machine) -> Machine:
    """Return a machine with a uv on PATH that notes its arguments."""
    machine.program(machine.bin / "uv", UV)
    return machine


def test_a_uv_on_the_path_is_used(with_uv: Machine) -> None:
    assert with_uv.run("scripts/bootstrap").stdout == f"{with_uv.bin}/uv\n"


def test_a_shim_that_fails_is_passed_over(machine: Machine) -> None:
    machine.program(machine.bin / "uv", FAILING)
    mine = machine.program(machine.root / ".tools/bin/uv", "exit 0")
    assert machine.run("scripts/bootstrap").stdout == f"{mine}\n"


def test_uv_is_installed_from_outside_the_repository_with_the_first_python_that_has_pip(
    machine: Machine,
) -> None:
    machine.program(machine.bin / "python3.12", PIP)
    ended = machine.run("scripts/bootstrap")
    assert (ended.returncode, ended.stdout) == (0, f"{machine.root}/.tools/bin/uv\n")
    assert machine.noted() == ["/"]


def test_without_a_network_the_error_is_shown_and_a_sentence_says_what_to_do(machine: Machine) -> None:
    machine.program(machine.bin / "python3", PIP_WITHOUT_NETWORK)
    ended = machine.run("scripts/up")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "no route\n" in ended.stderr
    assert "connect to the network" in ended.stderr.splitlines()[-1]


def test_without_any_pip_a_sentence_says_what_to_install(machine: Machine) -> None:
    ended = machine.run("scripts/test")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "python3-pip" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "run --frozen --no-default-groups sluice up"),
        (["--demo"], "run --frozen --no-default-groups --group demo sluice up --demo"),
        (["--data", "a b"], "run --frozen --no-default-groups sluice up --data a b"),
    ],
)
def test_up_fetches_the_demo_model_only_on_request(with_uv: Machine, arguments: list[str], expected: str) -> None:
    assert with_uv.run("scripts/up", *arguments).returncode == 0
    assert with_uv.noted() == [expected]


def test_the_whole_suite_runs_on_all_cores_and_file_by_file(with_uv: Machine) -> None:
    assert with_uv.run("scripts/test").returncode == 0
    assert with_uv.noted()[-1] == WHOLE_SUITE


def test_test_hands_its_arguments_and_exit_code_through(with_uv: Machine) -> None:
    ended = with_uv.run("scripts/test", "-k", "queue", BREAK="pytest")
    assert ended.returncode == 3
    assert with_uv.noted() == ["sync --frozen --group demo --group clients", "run --no-sync pytest -k queue"]


@pytest.mark.parametrize(("ci", "expected"), [("true", "1"), ("", "unset")])
def test_test_insists_on_a_browser_in_ci_alone(machine: Machine, ci: str, expected: str) -> None:
    machine.program(machine.bin / "uv", 'echo "${SLUICE_REQUIRE_BROWSER:-unset}"')
    assert machine.run("scripts/test", CI=ci).stdout.splitlines()[-1] == expected


def test_check_runs_every_step_and_shows_the_output_of_the_failed_one_alone(with_uv: Machine) -> None:
    ended = with_uv.run("scripts/check", BREAK="mypy")
    assert ended.returncode == 1
    assert ended.stdout.count("FAILED") == 1
    assert ended.stdout.count("mypy is broken") == 1
    assert ended.stdout.endswith("scripts/check: failed: mypy\n")
    assert with_uv.noted()[-1] == "run --no-sync python scripts/sizes.py"


def test_check_passes_when_every_step_does(with_uv: Machine) -> None:
    ended = with_uv.run("scripts/check")
    assert ended.returncode == 0
    assert all(" ok " in line for line in ended.stdout.splitlines())


def test_check_leaves_no_database_behind(with_uv: Machine, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with_uv.program(with_uv.bin / "uv", 'echo "${SLUICE_DATABASE__URL:-}" >>"$NOTES"')
    assert with_uv.run("scripts/check", TMPDIR=str(scratch)).returncode == 0
    assert with_uv.noted()[-1].startswith(f"sqlite:///{scratch}/")
    assert list(scratch.iterdir()) == []


def test_fix_formats_even_when_some_lint_needs_a_person(with_uv: Machine) -> None:
    assert with_uv.run("scripts/fix", BREAK="--fix").returncode == 1
    assert with_uv.noted()[-1] == "run --no-sync ruff format"


@pytest.mark.parametrize(("broken", "code"), [("", 0), ("mypy", 1), ("pytest", 1)])
def test_ci_runs_the_checks_and_then_the_tests_whatever_fails(with_uv: Machine, broken: str, code: int) -> None:
    with_uv.program(with_uv.bin / "chromium", "exit 0")
    ended = with_uv.run(".ci/run", BREAK=broken)
    assert ended.returncode == code
    noted = with_uv.noted()
    assert "run --no-sync alembic check" in noted
    assert noted[-1] == WHOLE_SUITE


def test_ci_installs_a_missing_browser_as_root_and_says_nothing(with_uv: Machine) -> None:
    with_uv.program(with_uv.bin / "id", "echo 0")
    with_uv.program(
        with_uv.bin / "apt-get", 'echo "$DEBIAN_FRONTEND apt-get $*" >>"$NOTES"; echo noise from apt-get'
    )
    ended = with_uv.run(".ci/run")
    assert ended.returncode == 0
    assert with_uv.noted()[:2] == [
        "noninteractive apt-get update",
        "noninteractive apt-get install -y --no-install-recommends chromium",
    ]
    assert "apt-get" not in ended.stdout + ended.stderr


def test_ci_shows_why_a_browser_could_not_be_installed_and_runs_the_tests_all_the_same(with_uv: Machine) -> None:
    with_uv.program(with_uv.bin / "id", "echo 0")
    with_uv.program(with_uv.bin / "apt-get", 'echo "no such package"; exit 100')
    ended = with_uv.run(".ci/run")
    assert "no such package" in ended.stderr
    assert with_uv.noted()[-1] == WHOLE_SUITE


def test_ci_leaves_the_machine_alone_unless_it_is_root(with_uv: Machine) -> None:
    with_uv.program(with_uv.bin / "apt-get", 'echo apt-get >>"$NOTES"')
    assert with_uv.run(".ci/run").returncode == 0
    assert "apt-get" not in with_uv.noted()
