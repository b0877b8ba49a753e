"""
Runs commands in processes of their own without the price of a start: everything is imported once, then forked.

Requests come as lines of JSON: ``{"run": …}`` starts a command and answers with its process, ``{"wait": pid}`` waits
for its end, or for its standing still.
"""

import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
from typing import Any

from faults.injection import install

import snapstamps
from snapstamps.cli.main import main

_NOT_IMPORTED = ("snapstamps.cli.main", "snapstamps.external.standins")


def serve() -> None:
    """Answer until the input ends."""
    _import_all()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = _start(request["run"]) if "run" in request else _wait(request["wait"])
        print(json.dumps(answer), flush=True)


def _import_all() -> None:
    for module in pkgutil.walk_packages(snapstamps.__path__, "snapstamps."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)


def _start(request: dict[str, Any]) -> dict[str, int]:
    pid = os.fork()
    if pid:
        return {"pid": pid}
    status = 70
    try:
        status = _run(request)
    finally:
        os._exit(status)


def _run(request: dict[str, Any]) -> int:
    """Run a command here; return its exit status."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(request["cwd"])
    os.environ.update(request["env"])
    moments = install(request["fault"], request["root"])
    code = 0
    try:
        main(request["words"])
    except SystemExit as end:
        code = int(end.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    with open(request["count"], "w") as stream:  # noqa: PTH123 - as small as can be
        stream.write(str(moments.count))
    return code


def _wait(pid: int) -> dict[str, Any]:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return {"stopped": True}
    return {"stopped": False, "code": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    serve()
