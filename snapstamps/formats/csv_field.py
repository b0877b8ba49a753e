"""Text as fields of CSV files, which no spreadsheet takes for a formula."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """
    Return text that no spreadsheet runs.

    Spreadsheets run what begins with one of ``= + - @``, a tab or a carriage return. An apostrophe before it makes
    text of it.

    Examples
    --------
    >>> [guarded(text) for text in ("=HYPERLINK(A1)", "S1A_IW")]
    ["'=HYPERLINK(A1)", 'S1A_IW']
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def safe_text(text: str) -> str:
    """
    Return text as a field of a CSV file: never a formula, quoted where it must be.

    Examples
    --------
    >>> [safe_text(text) for text in ("=HYPERLINK(A1)", "S1A_IW", "a, b")]
    ["'=HYPERLINK(A1)", 'S1A_IW', '"a, b"']
    """
    field = guarded(text)
    if any(character in field for character in ',"\r\n'):
        return '"' + field.replace('"', '""') + '"'
    return field
