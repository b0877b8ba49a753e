"""run_tool against programs that behave and misbehave."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snapstamps.external.run import run_tool
from snapstamps.model.errors import ToolError


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_both_streams_reach_one_log(tmp_path):
    run = run_tool(
        "talker",
        python("import sys; print('to stdout', flush=True); print('to stderr', file=sys.stderr)"),
        cwd=tmp_path,
        log=tmp_path / "talker.log",
    )
    assert run.log.read_text().split("\n")[:2] == ["to stdout", "to stderr"]
    assert run.tail == ("to stdout", "to stderr")
    assert run.seconds > 0


def test_a_megabyte_of_stderr_does_not_block(tmp_path):
    code = "import sys; sys.stderr.write('x' * 99 + '\\n'); [sys.stderr.write('y' * 99 + '\\n') for _ in range(10500)]"
    run = run_tool("shouter", python(code), cwd=tmp_path, log=tmp_path / "log", timeout=60)
    assert run.log.stat().st_size > 1_000_000


def test_exit_status_last_lines_and_known_cause_are_told(tmp_path):
    code = "print('java.lang.OutOfMemoryError: heap'); raise SystemExit(7)"
    with pytest.raises(ToolError) as caught:
        run_tool("gpt", python(code), cwd=tmp_path, log=tmp_path / "log", causes={"OutOfMemoryError": "raise the heap"})
    message = str(caught.value)
    assert "gpt failed with exit status 7" in message
    assert "raise the heap" in message
    assert "java.lang.OutOfMemoryError: heap" in message
    assert caught.value.exit_code == 3


def test_a_known_phrase_after_exit_0_is_a_failure(tmp_path):
    with pytest.raises(ToolError, match="its log shows a failure"):
        run_tool(
            "gpt",
            python("print('No intersection')"),
            cwd=tmp_path,
            log=tmp_path / "log",
            causes={"No intersection": "AOI"},
        )


def test_exit_0_without_the_promised_output_is_a_failure_even_if_an_old_one_lies_there(tmp_path):
    stale = tmp_path / "snaphu.out"
    stale.write_text("from the interferogram before")
    with pytest.raises(ToolError, match=r"left no snaphu\.out"):
        run_tool("snaphu", python("pass"), cwd=tmp_path, log=tmp_path / "log", outputs=[stale])
    assert not stale.exists()


def test_an_empty_output_is_a_failure(tmp_path):
    with pytest.raises(ToolError, match="left no x"):
        run_tool("touch", python("open('x', 'w')"), cwd=tmp_path, log=tmp_path / "log", outputs=[tmp_path / "x"])


def test_a_hanging_program_is_stopped_with_its_children(tmp_path):
    code = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "open('child', 'w').write(str(child.pid)); time.sleep(600)"
    )
    started = time.monotonic()
    with pytest.raises(ToolError, match="did not end within 2 s"):
        run_tool("sleeper", python(code), cwd=tmp_path, log=tmp_path / "log", timeout=2)
    assert time.monotonic() - started < 30
    assert_gone(int((tmp_path / "child").read_text()))


def test_silence_is_noticed_but_not_while_it_speaks(tmp_path):
    speaking = "import time\nfor i in range(8): print(i, flush=True); time.sleep(0.25)"
    run_tool("speaker", python(speaking), cwd=tmp_path, log=tmp_path / "log", silence=1.5)
    with pytest.raises(ToolError, match="printed nothing for 1 s"):
        run_tool("mute", python("import time; time.sleep(600)"), cwd=tmp_path, log=tmp_path / "log", silence=1)


def test_a_killed_program_is_told_by_its_signal(tmp_path):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(ToolError, match=r"was killed \(signal 9\), most often for lack of memory"):
        run_tool("snaphu", python(code), cwd=tmp_path, log=tmp_path / "log")


def test_a_missing_program_is_one_clear_message(tmp_path):
    with pytest.raises(ToolError, match="nor found on PATH"):
        run_tool("gpt", ["no-such-program-here"], cwd=tmp_path, log=tmp_path / "log")


def test_arguments_never_meet_a_shell(tmp_path):
    nasty = "$(touch owned); `touch owned` && touch owned"
    run = run_tool("echo", ["echo", nasty], cwd=tmp_path, log=tmp_path / "log")
    assert run.tail == (nasty,)
    assert not (tmp_path / "owned").exists()


def test_the_environment_is_added_to_ours(tmp_path):
    code = "import os; print(os.environ['GREETING'], 'PATH' in os.environ)"
    run = run_tool("env", python(code), cwd=tmp_path, log=tmp_path / "log", env={"GREETING": "hello"})
    assert run.tail == ("hello True",)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal of a parent is Linux's")
def test_the_program_dies_with_us(tmp_path):
    sleeper = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    code = (
        "import sys; from pathlib import Path; from snapstamps.external.run import run_tool;"
        f"run_tool('sleeper', [sys.executable, '-c', {sleeper!r}], cwd=Path('.'), log=Path('log'))"
    )
    parent = subprocess.Popen(python(code), cwd=tmp_path)
    pid_file = tmp_path / "pid"
    wait_until(lambda: pid_file.exists() and pid_file.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert_gone(int(pid_file.read_text()))


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def assert_gone(pid: int) -> None:
    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"

    wait_until(gone)
