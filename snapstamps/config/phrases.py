"""How messages and comments say what a value may be."""

from collections.abc import Sequence


def alternatives(words: Sequence[str]) -> str:
    """
    Return words as a list in English.

    Examples
    --------
    >>> alternatives(["a", "b", "c"])
    'a, b or c'
    """
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def bounded(noun: str, *, least: str = "", above: str = "", most: str = "") -> str:
    """
    Return what a number may be.

    Parameters
    ----------
    noun : str
        Such as ``a whole number``.
    least, above, most : str
        Smallest value, largest value that is too small, largest value; empty where there is no such bound.

    Examples
    --------
    >>> bounded("a number", above="0", most="2")
    'a number above 0, at most 2'
    >>> bounded("a whole number", least="1", most="10")
    'a whole number from 1 to 10'
    """
    if least and most:
        return f"{noun} from {least} to {most}"
    parts = [f"{word} {bound}" for word, bound in (("above", above), ("at least", least), ("at most", most)) if bound]
    return f"{noun} {', '.join(parts)}" if parts else noun
