"""The section [cluster], and the words that stand for it."""

from pathlib import Path

import pytest

from snapstamps.config.cluster_options import cluster_settings
from snapstamps.config.load import load, resolve
from snapstamps.model.errors import InputError

ADDRESS = "tcp://10.0.0.1:8786"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "snapstamps.toml"
    path.write_text('[cluster]\nkind = "slurm"\nworkers = 7\n')
    return path


def test_the_variable_goes_before_the_file_and_the_command_line_before_both(file):
    loaded = load(file, environment={"SNAPSTAMPS_CLUSTER": ADDRESS})
    assert (loaded.options.cluster.kind, loaded.options.cluster.address) == ("address", ADDRESS)
    assert loaded.options.cluster.workers == 7
    assert loaded.origin("cluster.kind") == "SNAPSTAMPS_CLUSTER"
    words = cluster_settings("none")
    loaded = load(file, environment={"SNAPSTAMPS_CLUSTER": ADDRESS}, overrides=words)
    assert loaded.options.cluster.kind == "none"
    assert load(file, environment={"SNAPSTAMPS_CLUSTER": ""}).options.cluster.kind == "slurm"


@pytest.mark.parametrize("text", ["", "pbs", "10.0.0.1:8786", "slurm;reboot"])
def test_a_word_that_names_no_cluster_is_refused_with_those_that_do(text):
    with pytest.raises(InputError, match="names no cluster") as caught:
        cluster_settings(text)
    assert "slurm" in str(caught.value)


@pytest.mark.parametrize(
    "address", ["tcp://a b:1", "tcp://host", "http://host:80", "tcp://host:8786\nx", "tcp://$(id):1", "tcp://h:123456"]
)
def test_an_address_is_that_of_a_scheduler(address):
    with pytest.raises(InputError, match=r"cluster\.address"):
        resolve({}, environment={}, overrides=cluster_settings(address))


def test_the_scheduler_of_an_ipv6_host_has_an_address_too():
    options = resolve({}, environment={}, overrides=cluster_settings("tls://[fe80::1]:8786")).options
    assert options.cluster.address == "tls://[fe80::1]:8786"
