"""Text as a field of a CSV file: never a formula, quoted where it must be."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """
    Return text that no spreadsheet takes for a formula.

    Spreadsheets run what begins with one of ``= + - @``, a tab or a carriage return. An apostrophe before it makes
    text of it.

    Examples
    --------
    >>> [guarded(text) for text in ("=HYPERLINK(A1)", "Yen Bai")]
    ["'=HYPERLINK(A1)", 'Yen Bai']
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def safe_text(text: str) -> str:
    r"""
    Return text as a field: guarded, and quoted where it must be.

    Examples
    --------
    >>> [safe_text(text) for text in ("=HYPERLINK(A1)", "S1A_IW", "a, b")]
    ["'=HYPERLINK(A1)", 'S1A_IW', '"a, b"']
    """
    field = guarded(text)
    if any(character in field for character in ',"\r\n'):
        return '"' + field.replace('"', '""') + '"'
    return field
