"""What to cite: the entries of CITATION.bib, chosen by what ran."""

from collections.abc import Sequence
from datetime import date

from snapstamps.model.units import yyyymmdd


def bibliography(
    dates: Sequence[date], *, software: str, snap: str, solver: str, simulated: bool, platforms: Sequence[str]
) -> dict[str, str]:
    """
    Return BibTeX entries by their keys.

    Parameters
    ----------
    dates : sequence of date
        Of the scenes.
    software : str
        This program with its version.
    snap : str
        SNAP, with its version where that is known.
    solver : str
        Of step 6: ``snaphu …``, ``mcf``, or empty where not known.
    simulated : bool
        Whether the scenes are simulated; then there is no satellite to cite.
    platforms : sequence of str
        Such as ``Sentinel-1A``.

    Returns
    -------
    dict of str to str
    """
    entries = {
        "snapstamps": _entry(
            "software", "snapstamps", author="{The snapstamps developers}", title=f"{{{software}}}", year=None
        ),
        **_STAMPS,
        "snap": _snap(snap),
        "foumelis2018": _FOUMELIS,
    }
    if solver.startswith("snaphu"):
        entries["chen2001"] = _SNAPHU
    elif solver:
        entries["costantini1998"] = _FLOW
    entries["efron1986"] = _BOOTSTRAP
    entries["crameri2018"] = _COLOURS
    if not simulated:
        entries["scenes"] = _scenes(dates, platforms)
    return entries


def _scenes(dates: Sequence[date], platforms: Sequence[str]) -> str:
    first, last = min(dates), max(dates)
    years = str(first.year) if first.year == last.year else f"{first.year}--{last.year}"
    names = " and ".join(platforms) or "Sentinel-1"
    return _entry(
        "misc",
        "scenes",
        author="{European Space Agency}",
        title=f"Copernicus Sentinel data {years}: {{{names}}} {{SLC}} scenes",
        year=years,
        note=f"{len(dates)} dates: {', '.join(yyyymmdd(day) for day in dates)}",
    )


def _snap(name: str) -> str:
    return _entry(
        "misc",
        "snap",
        author="{European Space Agency}",
        title="{SNAP}: {Sentinel Application Platform}",
        howpublished="\\url{https://step.esa.int}",
        note=name.replace("SNAP", "Version").removesuffix("Version") or None,
    )


def _entry(kind: str, key: str, **fields: str | None) -> str:
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", ",\n".join(lines), "}"])


_STAMPS = {
    "hooper2004": _entry(
        "article",
        "hooper2004",
        author="Hooper, Andrew and Zebker, Howard and Segall, Paul and Kampes, Bert",
        title="A new method for measuring deformation on volcanoes and other natural terrains using {InSAR} persistent "
        "scatterers",
        journal="Geophysical Research Letters",
        year="2004",
        volume="31",
        number="23",
        pages="L23611",
        doi="10.1029/2004GL021737",
    ),
    "hooper2007": _entry(
        "article",
        "hooper2007",
        author="Hooper, Andrew and Segall, Paul and Zebker, Howard",
        title="Persistent scatterer interferometric synthetic aperture radar for crustal deformation analysis, with "
        "application to {Volc{\\'a}n Alcedo}, {Gal{\\'a}pagos}",
        journal="Journal of Geophysical Research: Solid Earth",
        year="2007",
        volume="112",
        number="B7",
        pages="B07407",
        doi="10.1029/2006JB004763",
    ),
    "hooper2010": _entry(
        "inproceedings",
        "hooper2010",
        author="Hooper, Andrew",
        title="A statistical-cost approach to unwrapping the phase of {InSAR} time series",
        booktitle="Proceedings of Fringe 2009",
        series="ESA SP-677",
        year="2010",
    ),
}
_FOUMELIS = _entry(
    "inproceedings",
    "foumelis2018",
    author="Foumelis, Michael and others",
    title="{ESA SNAP--StaMPS} integrated processing for {Sentinel-1} persistent scatterer interferometry",
    booktitle="IGARSS 2018",
    year="2018",
    doi="10.1109/IGARSS.2018.8519545",
)
_SNAPHU = _entry(
    "article",
    "chen2001",
    author="Chen, Curtis W. and Zebker, Howard A.",
    title="Two-dimensional phase unwrapping with use of statistical models for cost functions in nonlinear "
    "optimization",
    journal="Journal of the Optical Society of America A",
    year="2001",
    volume="18",
    number="2",
    pages="338--351",
    doi="10.1364/JOSAA.18.000338",
)
_FLOW = _entry(
    "article",
    "costantini1998",
    author="Costantini, Mario",
    title="A novel phase unwrapping method based on network programming",
    journal="IEEE Transactions on Geoscience and Remote Sensing",
    year="1998",
    volume="36",
    number="3",
    pages="813--821",
    doi="10.1109/36.673674",
)
_BOOTSTRAP = _entry(
    "article",
    "efron1986",
    author="Efron, B. and Tibshirani, R.",
    title="Bootstrap methods for standard errors, confidence intervals, and other measures of statistical accuracy",
    journal="Statistical Science",
    year="1986",
    volume="1",
    number="1",
    pages="54--75",
    doi="10.1214/ss/1177013815",
)
_COLOURS = _entry(
    "misc",
    "crameri2018",
    author="Crameri, Fabio",
    title="Scientific colour maps",
    year="2018",
    doi="10.5281/zenodo.1243862",
)
