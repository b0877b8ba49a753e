"""
The section ``[cluster]``: other machines that do units of work.

Its texts end up in a script that a batch system runs, so each of them takes only characters that mean nothing to a
shell: a line break, ``;`` or ``$(…)`` is refused when the file is read.
"""

from typing import Annotated, Literal

from pydantic import Field, Strict

from snapstamps.config.section import OptionalPath, Section, Size, option, size_text
from snapstamps.model.errors import InputError

ClusterKind = Literal["none", "local", "address", "slurm"]

ADDRESS_PATTERN = r"^(|(tcp|tls|ucx)://[A-Za-z0-9_.\-\[\]:]+:[0-9]{1,5})$"
_NAME_PATTERN = r"^[A-Za-z0-9_.,@+\-]*$"
_TIME_PATTERN = r"^([0-9]{1,3}-)?[0-9]{1,3}:[0-9]{2}:[0-9]{2}$"
_DIRECTIVE_PATTERN = r"^--[a-z][a-z0-9\-]*(=[A-Za-z0-9_.,:@+%/\-]*)?$"
_NAME_ALLOWED = "letters, digits and . , @ + - _"

Directive = Annotated[str, Field(pattern=_DIRECTIVE_PATTERN)]


class ClusterOptions(Section):
    """Other machines that share the project's folder; `--cluster` and SNAPSTAMPS_CLUSTER set kind and address."""

    kind: ClusterKind = option(
        "none",
        "none: processes on this machine ([run] workers). local: workers of dask.distributed on this machine. "
        "address: a dask scheduler that runs already. slurm: workers as jobs of SLURM, for the time of the run.",
    )
    address: str = option(
        "",
        "With address: where the scheduler listens. Its workers have one thread each (dask worker --nthreads 1).",
        allowed='text such as "tcp://10.0.0.1:8786"',
        pattern=ADDRESS_PATTERN,
    )
    workers: int = option(
        4, "With local and slurm: workers; one of them does one unit at a time.", unit="workers", ge=1, le=4096
    )
    cores: int = option(1, "Cores of each worker; gpt uses up to four, all else one.", unit="cores", ge=1, le=256)
    memory: Size = option(
        8 * 2**30,
        "Memory of each worker, gpt's included; one that needs more is ended, and its unit done again.",
        unit="bytes",
        allowed=f'a size such as "8 GiB" or a number of bytes, at least {size_text(64 * 2**20)}',
    )
    walltime: str = option(
        "12:00:00",
        "With slurm: longest time of a worker's job; it is submitted again if the run lasts longer.",
        allowed='a time such as "12:00:00" or "2-00:00:00"',
        pattern=_TIME_PATTERN,
    )
    queue: str = option(
        "", "With slurm: the partition. Empty: SLURM's default.", allowed=_NAME_ALLOWED, pattern=_NAME_PATTERN
    )
    account: str = option(
        "", "With slurm: the account to charge. Empty: SLURM's default.", allowed=_NAME_ALLOWED, pattern=_NAME_PATTERN
    )
    interface: str = option(
        "",
        "With slurm: the network interface of scheduler and workers, such as ib0. Empty: dask's choice.",
        allowed=_NAME_ALLOWED,
        pattern=_NAME_PATTERN,
    )
    job_extra: Annotated[tuple[Directive, ...], Strict(False)] = option(
        (),
        "With slurm: more directives of sbatch.",
        allowed='a list of --name or --name=value, such as ["--constraint=avx2", "--exclusive"]',
    )
    setup: OptionalPath = option(
        None,
        "With slurm: a shell script that each job sources before its worker starts (module load …). Empty: none.",
    )
    wait: float = option(30.0, "Longest time until the first worker is there.", unit="minutes", gt=0, le=100_000)


def cluster_settings(text: str) -> dict[str, str]:
    """
    Return the options that a word such as ``tcp://10.0.0.1:8786`` or ``slurm`` stands for.

    Parameters
    ----------
    text : str
        Of ``--cluster`` or ``SNAPSTAMPS_CLUSTER``.

    Raises
    ------
    InputError
        If it is neither a kind of cluster nor an address.

    Examples
    --------
    >>> cluster_settings("tcp://10.0.0.1:8786")
    {'cluster.kind': 'address', 'cluster.address': 'tcp://10.0.0.1:8786'}
    >>> cluster_settings("slurm")
    {'cluster.kind': 'slurm'}
    """
    word = text.strip()
    if "://" in word:
        return {"cluster.kind": "address", "cluster.address": word}
    if word in {"none", "local", "slurm"}:
        return {"cluster.kind": word}
    raise InputError(
        f"{text!r} names no cluster",
        where="--cluster or SNAPSTAMPS_CLUSTER",
        remedy="the address of a dask scheduler (tcp://host:8786), slurm, local, or none",
    )
