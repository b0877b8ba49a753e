"""Damage to a file: what bad disks, bad lines and bad people do to bytes."""

import random
from collections.abc import Sequence

_BYTES = (b"\0", b"\xff", b"\n", b"<", b">", b'"', b"&", b"-", b"9", b"e", b".", b"[", b"{", b"\x80")


def damaged(content: bytes, tokens: Sequence[str], chance: random.Random) -> bytes:
    """Return a file with one to four things done to it."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(7)
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 2, 8, 64, 1000)))
        if kind == 0 and changed:  # another byte
            changed[min(at, len(changed) - 1)] = chance.randrange(256)
        elif kind == 1:  # cut off
            del changed[at:]
        elif kind == 2:  # a piece lost
            del changed[at:end]
        elif kind == 3:  # a piece twice, or often
            changed[at:at] = changed[at:end] * chance.choice((1, 2, 50))
        elif kind == 4:  # something between
            changed[at:at] = chance.choice(_BYTES) * chance.choice((1, 1, 4, 3000))
        elif kind == 5 and tokens:  # a word of the form where it does not belong
            changed[at:end] = chance.choice(tokens).encode("utf-8")
        else:  # a number or a word becomes another one
            changed[at:end] = chance.choice(_BYTES) * (end - at)
    return bytes(changed)
