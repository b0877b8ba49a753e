"""
Who we are to a server: from the environment or netrc, and never anywhere else.

Nothing here is printed, logged, put into a message or kept in a file.
"""

import base64
import logging
import netrc
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

EARTHDATA_HOST = "urs.earthdata.nasa.gov"
TOKEN_VARIABLE = "EARTHDATA_TOKEN"  # noqa: S105 - the name of a variable, not a secret
USER_VARIABLE, PASSWORD_VARIABLE = "EARTHDATA_USERNAME", "EARTHDATA_PASSWORD"
HOW_TO_LOG_IN = (
    f"put `machine {EARTHDATA_HOST} login NAME password SECRET` into ~/.netrc (chmod 600), "
    f"or set {TOKEN_VARIABLE}; an account is free at https://{EARTHDATA_HOST}"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    """
    A login, or a token.

    Attributes
    ----------
    source : str
        Where it was found; the only part that may be shown.
    user, password, token : str
        Empty where not given.
    """

    source: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """Return the value of a header for basic authorisation."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    @property
    def bearer(self) -> str:
        """Return the value of a header for authorisation by token."""
        return f"Bearer {self.token}"


def find_credentials(host: str = EARTHDATA_HOST, *, environment: Mapping[str, str] | None = None) -> Credentials | None:
    """
    Look for a login.

    Parameters
    ----------
    host : str, optional
        The host that asks for it, as netrc calls it.
    environment : mapping of str to str, optional
        Variables; by default those of the process. ``NETRC`` names another file than ``~/.netrc``.

    Returns
    -------
    Credentials or None
        A token first, then name and password of the environment, then netrc.

    Raises
    ------
    InputError
        If the netrc file cannot be read.
    """
    variables = os.environ if environment is None else environment
    if token := variables.get(TOKEN_VARIABLE, "").strip():
        return Credentials(TOKEN_VARIABLE, token=token)
    user, password = variables.get(USER_VARIABLE, ""), variables.get(PASSWORD_VARIABLE, "")
    if user and password:
        return Credentials(f"{USER_VARIABLE} and {PASSWORD_VARIABLE}", user=user, password=password)
    path = Path(variables.get("NETRC") or expanded(variables.get("HOME", "~")) / ".netrc")
    return _of_netrc(path, host) if path.is_file() else None


def _of_netrc(path: Path, host: str) -> Credentials | None:
    try:
        found = netrc.netrc(path).hosts.get(host)
        readable = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except netrc.NetrcParseError as error:
        # the parser's own message may quote the file
        raise InputError(
            "the netrc file cannot be understood", where=f"{path}, line {error.lineno}", remedy=HOW_TO_LOG_IN
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the netrc file cannot be read", where=path, why=type(error).__name__) from None
    if readable:
        _log.warning("%s can be read by others; `chmod 600 %s` mends that", path, path)
    if found is None:
        return None
    user, _, password = found
    return Credentials(str(path), user=user, password=password or "")
