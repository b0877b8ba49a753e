"""Programs whose lines are heard while they come, and who never outlive us."""

import os
import sys
import time
from pathlib import Path

import pytest

from snapstamps.external.stream import Stream
from snapstamps.model.errors import ToolError

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def listen(code: str, tmp_path, **options):
    heard: list[tuple[float, str]] = []
    stream = Stream("prog", lambda line: heard.append((time.monotonic(), line)))
    ending = stream.run(python(code), cwd=tmp_path, env=ENVIRONMENT, **options)
    return ending, heard


def test_lines_come_while_the_program_works(tmp_path):
    code = "import time\nfor k in range(3):\n    print(k, flush=True)\n    time.sleep(0.2)"
    ending, heard = listen(code, tmp_path)
    assert [line for _, line in heard] == ["0", "1", "2"]
    assert heard[2][0] - heard[0][0] > 0.3
    assert (ending.status, ending.overdue) == (0, None)


def test_both_streams_long_lines_and_a_last_one_without_end_are_heard(tmp_path):
    code = "import sys; print('x' * 300000, flush=True); print('to stderr', file=sys.stderr); print('open', end='')"
    _, heard = listen(code, tmp_path)
    lines = [line for _, line in heard]
    assert sorted(map(len, lines)) == [4, 9, 300000]
    assert lines[-1] == "open"


def test_bytes_that_are_no_text_are_heard_anyhow(tmp_path):
    _, heard = listen(r"import sys; sys.stdout.buffer.write(b'a\xffb\r\n')", tmp_path)
    assert [line for _, line in heard] == ["a\ufffdb"]


def test_its_input_status_and_signal_are_told(tmp_path):
    ending, heard = listen("import sys; print(sys.stdin.readline()); sys.exit(7)", tmp_path, message=b"hello\n")
    assert heard[0][1] == "hello"
    assert ending.status == 7
    ending, _ = listen("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    assert ending.status == -9


def test_a_program_that_does_not_read_its_input_is_no_trouble(tmp_path):
    ending, _ = listen("pass", tmp_path, message=b"x" * 1_000_000)
    assert ending.status == 0


def test_silence_and_time_are_limited(tmp_path):
    start = time.monotonic()
    ending, _ = listen("import time; print('one', flush=True); time.sleep(60)", tmp_path, silence=0.5)
    assert ending.overdue == "printed nothing for 0.5 s and was stopped"
    code = "import time\nwhile True:\n    print('x', flush=True)\n    time.sleep(0.05)"
    ending, _ = listen(code, tmp_path, timeout=0.7, silence=0.5)
    assert ending.overdue == "did not end within 0.7 s and was stopped"
    assert time.monotonic() - start < 20


def test_its_children_end_with_it_even_in_a_group_that_it_has_named(tmp_path):
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
    )
    stream = Stream("prog", lambda line: stream.groups.append(int(line)))
    stream.run(python(code), cwd=tmp_path, env=ENVIRONMENT)
    number = stream.groups[0]
    end = time.monotonic() + 5
    while time.monotonic() < end and _runs(number):
        time.sleep(0.05)
    assert not _runs(number)


def test_an_error_of_the_listener_ends_the_program(tmp_path):
    numbers: list[int] = []

    def hear(line: str) -> None:
        numbers.append(int(line))
        raise KeyboardInterrupt

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(300)"
    with pytest.raises(KeyboardInterrupt):
        Stream("prog", hear).run(python(code), cwd=tmp_path, env=ENVIRONMENT)
    assert not _runs(numbers[0])


def test_what_cannot_be_started_is_an_error(tmp_path):
    with pytest.raises(ToolError, match="prog cannot be started"):
        Stream("prog", print).run([tmp_path / "nothing"], cwd=tmp_path, env=ENVIRONMENT)


def _runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
