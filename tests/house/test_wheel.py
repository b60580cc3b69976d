"""The wheel: built from this checkout, installed where there is no Node, light without its extras."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, made with no Node on the search path."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    environment = {"PATH": os.path.dirname(sys.executable), "HOME": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with this wheel; the libraries below it are borrowed from the present one."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(place / "bin" / "python"),
        "install",
        "--no-deps",
        "--no-index",
    ]
    environment = {**os.environ, "PATH": str(place / "bin")}
    subprocess.run([*pip, "--quiet", "--disable-pip-version-check", str(wheel)], env=environment, check=True)
    packages = next((place / "lib").glob("python3*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


def test_what_it_carries(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = f"{wheel.name.split('-py3')[0]}.data/data"
    assert f"{data}/share/jupyter/labextensions/courseware-lab/package.json" in names
    assert any(
        n.startswith(f"{data}/share/jupyter/labextensions/courseware-lab/static/remoteEntry") for n in names
    )
    assert f"{data}/etc/jupyter/jupyter_server_config.d/courseware.json" in names
    assert "courseware/demo_course/course.toml" in names
    assert {
        f"courseware/lab/locale/{name}/LC_MESSAGES/courseware.json" for name in ("de_DE", "ar_SA")
    } <= names
    assert {f"courseware/languages/{name}.de.po" for name in ("pages", "said")} <= names
    assert not [name for name in names if "node_modules" in name or "/tests/" in name]


def test_the_base_asks_for_neither_sql_nor_nbgrader(wheel: Path) -> None:
    name = next(n for n in zipfile.ZipFile(wheel).namelist() if n.endswith(".dist-info/METADATA"))
    asked = [
        line
        for line in zipfile.ZipFile(wheel).read(name).decode().splitlines()
        if line.startswith("Requires-Dist")
    ]
    base = " ".join(line for line in asked if "extra ==" not in line).lower()
    assert "jupyter-server" in base.replace("_", "-")
    assert not [
        word for word in ("sqlalchemy", "nbgrader", "psycopg", "pandas", "jupyterlab") if word in base
    ]


def test_it_runs_where_it_is_installed(installed: Path) -> None:
    program = (
        "import courseware, sys; from courseware.lab import extension; "
        "assert courseware.__file__.startswith(sys.prefix), courseware.__file__"
    )
    environment = {"PATH": str(installed / "bin"), "HOME": str(installed)}
    subprocess.run([installed / "bin" / "python", "-I", "-c", program], env=environment, check=True)
    asked = subprocess.run(
        [installed / "bin" / "courseware", "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "submit" in asked.stdout


def test_nbgraders_own_menus_are_off_and_ours_is_on(installed: Path) -> None:
    """As Jupyter itself reads the files, with nbgrader's file beside ours."""
    folder = installed / "etc" / "jupyter"
    theirs = Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d" / "nbgrader.json"
    (folder / "jupyter_server_config.d" / "nbgrader.json").write_text(theirs.read_text())
    program = """
import json, sys
from jupyter_server.config_manager import BaseJSONConfigManager as Manager
folder = sys.argv[1]
server = Manager(config_dir=folder, read_directory=True).get("jupyter_server_config")
lab = Manager(config_dir=folder + "/labconfig", read_directory=True).get("page_config")
print(json.dumps([server["ServerApp"]["jpserver_extensions"], lab["disabledExtensions"]]))
"""
    command = [sys.executable, "-c", program, str(folder)]
    servers, disabled = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    offered = json.loads(theirs.read_text())["ServerApp"]["jpserver_extensions"]
    assert {name for name, on in servers.items() if on} == {"courseware.lab.extension"}
    assert set(offered) <= set(servers)
    assert disabled == {"@jupyter/nbgrader": True}
