"""`run CONFIG`: a configuration beside inputs that may only be read, all outputs elsewhere."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snapstamps.cli import main as cli
from snapstamps.cli.caches import settle_caches
from snapstamps.config.project import Project
from snapstamps.journal import digest_of

RUN = [sys.executable, "-m", "snapstamps.cli.main", "--quiet", "run"]
SITE = """
[stamps.parms]
unwrap_grid_size = 50
unwrap_time_win = 180
scn_time_win = 50
scla_deramp = "y"
[run]
workers = 1
[export]
figures = []
points = "points.geojson"
"""

MARKET = {"type": "Point", "coordinates": [105.8475, 21.03]}
POINTS = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": MARKET}]}


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return int(ended.value.code or 0)


def content_of(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): digest_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def data(tiny_scene: Path, tmp_path: Path) -> Path:
    """A folder with an export, a configuration and a file that it names."""
    folder = tmp_path / "data"
    export = next(tiny_scene.glob("INSAR_*"))
    shutil.copytree(export, folder / export.name)
    (folder / "site.toml").write_text(SITE)
    (folder / "points.geojson").write_text(json.dumps(POINTS))
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_all_is_written_to_the_project_folder_and_nothing_to_the_inputs(data, out, tiny_project, capsys):
    before = content_of(data)
    assert call("--quiet", "run", str(data / "site.toml"), "-C", str(out)) == 0
    assert content_of(data) == before
    assert (out / "products" / "report.html").is_file()
    assert call("verify", str(out), str(tiny_project)) == 0, "the same as a run inside a project"
    options = Project.open(out).options
    assert options.project.name == "site"
    assert options.export.points == data / "points.geojson"
    capsys.readouterr()
    assert call("run", str(data / "site.toml"), "-C", str(out)) == 0
    assert "everything asked for is done" in capsys.readouterr().out


def test_a_changed_configuration_makes_stale_what_listens_to_it(data, out, capsys):
    site = str(data / "site.toml")
    assert call("--quiet", "run", site, "-C", str(out), "--to", "check") == 0
    (data / "site.toml").write_text(SITE + "[stamps_export]\nrepair = false\n")
    assert call("run", site, "-C", str(out), "--to", "check", "--dry-run") == 0
    assert "repair was true, now false" in capsys.readouterr().out


def test_a_dry_run_tells_and_writes_nothing(data, out, capsys):
    assert call("run", str(data / "site.toml"), "-C", str(out), "--dry-run") == 0
    assert capsys.readouterr().out.startswith("check")
    assert not out.exists()


def test_headers_are_corrected_in_the_copy_and_brought_over_again_when_they_change(data, out):
    run = ["--quiet", "run", str(data / "site.toml"), "-C", str(out), "--to", "check"]
    assert call(*run) == 0
    linked = next(out.glob("INSAR_*"))
    header = next(linked.glob("rslc/*.par"))
    source = data / linked.name / "rslc" / header.name
    assert header.with_name(f"{header.name}.orig").read_bytes() == source.read_bytes() != header.read_bytes()
    assert all(path.is_symlink() for path in linked.glob("*/*") if path.suffix not in {".par", ".base", ".orig"})
    corrected = header.read_bytes()
    assert call(*run) == 0
    assert header.read_bytes() == corrected, "nothing has changed, so the correction stays"
    source.write_bytes(source.read_bytes().rstrip(b"\n") + b"\n\n\n")
    assert call(*run) == 0
    assert header.with_name(f"{header.name}.orig").read_bytes() == source.read_bytes()


def test_a_date_that_goes_from_the_export_goes_from_its_links(data, out):
    run = ["--quiet", "run", str(data / "site.toml"), "-C", str(out), "--to", "check"]
    assert call(*run) == 0
    export = next(data.glob("INSAR_*"))
    slave = sorted(export.glob("diff0/*.diff"))[-1].stem.split("_")[1]
    gone = [*export.glob(f"rslc/{slave}*"), *export.glob(f"diff0/*_{slave}.*")]
    for path in gone:
        path.unlink()
    assert call(*run) == 0
    assert not list((out / export.name).glob(f"*/*{slave}*"))
    assert len(gone) >= 4


def test_a_folder_with_a_configuration_of_its_own_is_left_alone(data, out, capsys):
    assert call("new", str(out), "--from-export", str(next(data.glob("INSAR_*")))) == 0
    before = content_of(out)
    assert call("run", str(data / "site.toml"), "-C", str(out)) == 2
    assert "holds another project" in capsys.readouterr().err
    assert content_of(out) == before


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda data: data, "is a folder"),
        (lambda data: data / "absent.toml", "absent.toml is missing"),
        (lambda data: shutil.rmtree(next(data.glob("INSAR_*"))) or data / "site.toml", "0 INSAR_… folders"),
    ],
)
def test_what_is_no_configuration_is_told(data, out, capsys, make, told):
    assert call("run", str(make(data)), "-C", str(out)) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_the_own_configuration_of_a_project_may_be_named_too(data, out, capsys):
    assert call("new", str(out), "--from-export", str(next(data.glob("INSAR_*")))) == 0
    assert call("run", str(out / "snapstamps.toml"), "-C", str(out), "--dry-run") == 0
    assert "check" in capsys.readouterr().out


def test_a_name_with_a_line_end_adds_nothing_to_the_configuration(data, out):
    site = data / "site\n[run]\nworkers = 7\n.toml"
    (data / "site.toml").rename(site)
    assert call("--quiet", "run", str(site), "-C", str(out), "--to", "check") == 0
    assert Project.open(out).options.run.workers == 1


def test_areas_and_paths_that_are_absent_stay_as_they_are(data, out):
    box = '[project]\naoi = [105.8, 21.0, 105.9, 21.1]\n[scenes]\nauxdata = "cache"\n'
    (data / "box.toml").write_text(SITE + box)
    assert call("--quiet", "run", str(data / "box.toml"), "-C", str(out), "--to", "check") == 0
    options = Project.open(out).options
    assert options.project.aoi == "105.8, 21, 105.9, 21.1"
    assert options.scenes.auxdata == Path("cache")
    (data / "box.toml").write_text(SITE + '[project]\naoi = "area.geojson"\n')
    assert call("--quiet", "run", str(data / "box.toml"), "-C", str(out), "--to", "check") == 0
    assert Project.open(out).options.project.aoi == str(data / "area.geojson")


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody whom no one knows")
def test_an_unknown_user_without_a_home_reads_what_is_read_only(data, out):
    for path in [data, *data.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    out.mkdir()
    os.chown(out, 54321, 54321)
    for folder in (data.parent, *data.parent.parents):
        if folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o077 == 0:
            folder.chmod(0o711)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "TMPDIR": str(out)}
    nobody = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    probe = [*nobody, sys.executable, "-c", "import snapstamps.cli.main"]
    if shutil.which("setpriv") is None or subprocess.run(probe, env=environment, cwd=out, check=False).returncode:
        pytest.skip("others than root cannot reach this Python or this folder")
    words = [*RUN, str(data / "site.toml"), "--to", "candidates"]
    done = subprocess.run(
        [*nobody, *words],
        cwd=out,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (out / "stamps" / "patch.list").is_file()
    assert list((out / "snapstamps-54321" / "numba").rglob("*.nbi"))


def test_sigterm_ends_cleanly_and_the_same_command_goes_on(data, out):
    command = [*RUN, str(data / "site.toml"), "-C", str(out), "--to", "stamps"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    journal = out / "logs" / "journal.jsonl"
    while process.poll() is None and not (journal.is_file() and "2_gamma" in journal.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "interrupted; what was finished is kept" in message
    assert "Traceback" not in message
    done = len(journal.read_text().splitlines())
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert [line.count('"PATCH_1/2_gamma"') for line in journal.read_text().splitlines()].count(1) == 1
    assert len(journal.read_text().splitlines()) > done


def test_a_home_that_can_be_written_is_used_as_ever(tmp_path):
    environment = {"HOME": str(tmp_path)}
    settle_caches(environment)
    assert environment == {"HOME": str(tmp_path)}


def test_caches_go_to_a_private_folder_where_the_home_cannot_be_used(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    environment = {"HOME": str(tmp_path / "absent"), "MPLCONFIGDIR": "own"}
    settle_caches(environment)
    place = tmp_path / f"snapstamps-{os.getuid()}"
    assert environment["NUMBA_CACHE_DIR"] == str(place / "numba")
    assert environment["MPLCONFIGDIR"] == "own"
    assert environment["HOME"] == str(tmp_path / "absent")
    assert place.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    place = tmp_path / f"snapstamps-{os.getuid()}"
    place.mkdir()
    place.chmod(0o777)
    environment = {"HOME": str(tmp_path / "absent")}
    settle_caches(environment)
    assert place not in Path(environment["NUMBA_CACHE_DIR"]).parents
