"""The version of SNAP: as text, in order, and what changes with it in names of bands."""

import re
from dataclasses import dataclass

from snapstamps.model.errors import InputError

_FORM = re.compile(r"\s*v?(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:\.\d+)*(?:[-+_ ]\w.*)?\s*")


@dataclass(frozen=True, order=True)
class SnapVersion:
    """
    A release of SNAP; what is not said is 0, so 13 is 13.0.0.

    Attributes
    ----------
    major, minor, patch : int
        Its numbers.
    """

    major: int
    minor: int = 0
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> "SnapVersion":
        """
        Read a version as SNAP or people write it.

        Parameters
        ----------
        text : str
            Such as ``9``, ``13.0.1`` or ``14.0.0-RC1``.

        Raises
        ------
        InputError
            If it is none.

        Examples
        --------
        >>> SnapVersion.parse("13.0.1") > SnapVersion.parse("13")
        True
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise InputError(f"{text!r} is not a version of SNAP", remedy='such as "9.0" or "13.0.1"')
        return cls(*(int(number or 0) for number in match.groups()))

    def __str__(self) -> str:
        """Return it with all three numbers."""
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def words(self) -> "StackWords":
        """Return the words that this version writes into a stack."""
        return _NEW_WORDS if self.major >= _RENAMED_IN else _OLD_WORDS


@dataclass(frozen=True)
class StackWords:
    """
    How a version of SNAP names master and slave in a coregistered stack.

    Attributes
    ----------
    master, slave : str
        Part of the names of bands; the slave's is followed by its number.
    slave_metadata : str
        Name of the metadata element that holds those of the slaves.
    master_bands, slave_bands : str
        Attributes that list the bands.
    """

    master: str
    slave: str
    slave_metadata: str
    master_bands: str
    slave_bands: str


_RENAMED_IN = 14
_OLD_WORDS = StackWords("mst", "slv", "Slave_Metadata", "Master_bands", "Slave_bands")
_NEW_WORDS = StackWords("ref", "sec", "Secondary_Metadata", "Reference_bands", "Secondary_bands")
_MASTER = re.compile(r"_(mst|ref)_")
_SLAVE = re.compile(r"_(slv|sec)\d*_")


def is_master_band(name: str) -> bool:
    """
    Tell whether a band of a stack is the master's, whichever SNAP wrote it.

    Examples
    --------
    >>> [is_master_band(name) for name in ("i_IW2_VV_mst_31Mar2023", "i_VV_ref_31Mar2023", "i_VV_slv1_19Mar2023")]
    [True, True, False]
    """
    return _MASTER.search(name) is not None


def is_slave_band(name: str) -> bool:
    """
    Tell whether a band of a stack is a slave's, whichever SNAP wrote it.

    Examples
    --------
    >>> [is_slave_band(name) for name in ("i_IW2_VV_slv1_19Mar2023", "q_VV_sec2_19Mar2023", "i_VV_mst_31Mar2023")]
    [True, True, False]
    """
    return _SLAVE.search(name) is not None


def why_not_readable(product: SnapVersion, snap: SnapVersion) -> str | None:
    """
    Return why a stack written by one version cannot be processed by another, or None if it can.

    Parameters
    ----------
    product : SnapVersion
        That wrote the stack, or any product of the chain.
    snap : SnapVersion
        That is to read it.
    """
    if product.major >= _RENAMED_IN > snap.major:
        return (
            f"SNAP {product} names the bands _ref_ and _sec1_ and the metadata Secondary_Metadata; "
            f"SNAP {snap} looks for _mst_, _slv1_ and Slave_Metadata and finds none"
        )
    return None
