"""What the machine refuses is told as such, whoever told it first, and in whatever form."""

import errno
import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from snapstamps.cli.endings import refusal_of
from snapstamps.model.errors import DataError, InputError


def system(number: int, name: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), name)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (system(errno.ENOSPC, "stamps/pm1.mat"), 4, "the disk is full\n  where: stamps/pm1.mat"),
        (system(errno.EDQUOT), 4, "quota"),
        (system(errno.EROFS, "area"), 2, "may only be read"),
        (system(errno.EACCES, "area"), 2, "permission"),
        (system(errno.EIO), 4, "the disk failed"),
        (system(errno.ENOTEMPTY), 4, "the system refused: Directory not empty"),
        (MemoryError(), 4, "memory of this machine is not enough"),
        (system(errno.ENOMEM), 4, "memory of this machine is not enough"),
        (BrokenProcessPool(), 4, "a worker process died"),
        (RuntimeError("sqlite3_exec: database or disk is full"), 4, "the disk is full"),
        (RuntimeError("attempt to write a readonly database"), 2, "may only be read"),
        (ValueError("Unable to allocate 8.00 EiB for an array"), 4, "memory"),
        (OSError("1000 requested and 12 written"), 4, "1000 requested and 12 written"),
    ],
)
def test_every_refusal_has_its_words_and_its_exit_code(error, code, words):
    refusal = refusal_of(error)
    assert refusal is not None
    assert refusal.exit_code == code
    assert words in str(refusal)
    assert refusal.remedy


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyError("x"), DataError("broken"), InputError("wrong")])
def test_what_is_no_refusal_is_left_to_others(error):
    assert refusal_of(error) is None
