"""Constants and conversions with their units, and the date numbers of MATLAB."""

from datetime import date

SPEED_OF_LIGHT = 299_792_458.0
"""Speed of light in vacuum, m/s."""

DAYS_PER_YEAR = 365.25
"""Days of a year in velocities, as in StaMPS."""

MATLAB_EPOCH_OFFSET = 366
"""MATLAB's datenum minus Python's proleptic-Gregorian ordinal, days."""


def datenum(day: date) -> float:
    """
    Return MATLAB's datenum of a calendar day.

    Examples
    --------
    >>> datenum(date(2019, 5, 5))
    737550.0
    """
    return float(day.toordinal() + MATLAB_EPOCH_OFFSET)


def date_of_datenum(number: float) -> date:
    """
    Return the calendar day of a MATLAB datenum.

    Examples
    --------
    >>> date_of_datenum(737550.0).isoformat()
    '2019-05-05'
    """
    return date.fromordinal(round(number) - MATLAB_EPOCH_OFFSET)


def parse_yyyymmdd(text: str) -> date:
    """
    Return the calendar day written as ``YYYYMMDD``.

    Raises
    ------
    ValueError
        If the text is not eight digits of a real day.

    Examples
    --------
    >>> parse_yyyymmdd("20190505").isoformat()
    '2019-05-05'
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a date of the form YYYYMMDD")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def yyyymmdd(day: date) -> str:
    """
    Return a day as ``YYYYMMDD``.

    Examples
    --------
    >>> yyyymmdd(date(2019, 5, 5))
    '20190505'
    """
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
