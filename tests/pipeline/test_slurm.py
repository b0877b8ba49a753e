"""Jobs of SLURM: what their script says, and that nothing in the configuration can say more."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from snapstamps.config.load import resolve
from snapstamps.model.errors import InputError
from snapstamps.pipeline.scale import slurm_cluster

WANTED = {
    "kind": "slurm",
    "cores": 4,
    "memory": "16 GiB",
    "walltime": "2-00:00:00",
    "queue": "long,short",
    "account": "insar-42",
    "job_extra": ["--constraint=avx2", "--exclusive"],
    "setup": "/opt/my modules/set up.sh",
}
HOSTILE = ("x\nrm -rf ~", "x; rm -rf ~", "$(rm -rf ~)", "`reboot`", "a b", "x|y", "x&", "x>y", "é", 'x"', "x'", "x\\")


def options_of(**cluster: object):
    return resolve({"cluster": cluster}, environment={}, overrides={}).options.cluster


def script_of(folder: Path, **cluster: object) -> str:
    with slurm_cluster(options_of(**cluster), folder) as cluster_of_jobs:
        return cluster_of_jobs.job_script()


def test_the_script_asks_for_what_is_configured(tmp_path):
    script = script_of(tmp_path, **WANTED)
    directives = re.findall(r"^#SBATCH (.*)$", script, re.MULTILINE)
    assert directives == [
        "-J snapstamps",
        f"-e {tmp_path}/slurm/snapstamps-%J.err",
        f"-o {tmp_path}/slurm/snapstamps-%J.out",
        "-p long,short",
        "-A insar-42",
        "-n 1",
        "--cpus-per-task=4",
        "--mem=16G",
        "-t 2-00:00:00",
        "--constraint=avx2",
        "--exclusive",
    ]
    lines = script.splitlines()
    assert ". '/opt/my modules/set up.sh'" in lines
    assert "export OMP_NUM_THREADS=1" in lines
    words = shlex.split(lines[-1])
    assert words[1:3] == ["-m", "distributed.cli.dask_worker"]
    assert words[words.index("--nthreads") + 1] == "1"
    assert words[words.index("--memory-limit") + 1] == "16.00GiB"
    assert words[3].startswith("tls://"), "strangers in the network are kept out"


def test_the_keys_of_a_run_are_for_their_owner_only(tmp_path):
    with slurm_cluster(options_of(kind="slurm"), tmp_path):
        keys = list((tmp_path / "slurm").glob("*"))
        assert keys
        assert all(path.stat().st_mode & 0o077 == 0 for path in keys)


def test_the_script_is_sound_for_a_shell(tmp_path):
    script = tmp_path / "job.sh"
    script.write_text(script_of(tmp_path, **WANTED))
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("key", ["queue", "account", "interface", "walltime", "address"])
def test_texts_that_a_shell_would_act_on_are_refused(key, text):
    with pytest.raises(InputError, match=f"cluster.{key}") as caught:
        options_of(kind="slurm", **{key: text})
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", [*(f"--x={text}" for text in HOSTILE), *HOSTILE, "--a --b", "exclusive", "-p x"])
def test_directives_are_single_and_harmless(text):
    with pytest.raises(InputError, match=r"cluster\.job_extra"):
        options_of(kind="slurm", job_extra=["--exclusive", text])


@pytest.mark.parametrize("name", ["a b", "x\ny", "x;y", "$(x)", "ü"])
def test_a_folder_that_cannot_stand_in_a_script_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="cannot stand in a script"):
        slurm_cluster(options_of(kind="slurm"), tmp_path / name)


def test_a_setup_script_is_quoted_and_has_no_line_break(tmp_path):
    setup = "$(touch x);'\".sh"  # relative paths start at the project
    script = script_of(tmp_path, kind="slurm", setup=setup)
    line = next(line for line in script.splitlines() if line.startswith(". "))
    assert shlex.split(line) == [".", str(tmp_path.parent / setup)]
    with pytest.raises(InputError, match="line break"):
        script_of(tmp_path, kind="slurm", setup="x\nrm -rf ~")
