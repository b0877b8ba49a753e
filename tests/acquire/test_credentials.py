"""Logins come from the environment or netrc, and are never shown."""

import pytest

from snapstamps.acquire.credentials import EARTHDATA_HOST, Credentials, find_credentials
from snapstamps.model.errors import InputError


def netrc_of(folder, text, mode=0o600):
    path = folder / ".netrc"
    path.write_text(text)
    path.chmod(mode)
    return {"HOME": str(folder)}


def test_nothing_is_found_where_nothing_is(tmp_path):
    assert find_credentials(environment={"HOME": str(tmp_path)}) is None


def test_a_token_goes_before_a_password_and_that_before_netrc(tmp_path):
    home = netrc_of(tmp_path, f"machine {EARTHDATA_HOST} login a password b\n")
    named = {**home, "EARTHDATA_USERNAME": "me", "EARTHDATA_PASSWORD": "mine"}
    assert find_credentials(environment={**named, "EARTHDATA_TOKEN": "t"}).bearer == "Bearer t"
    assert find_credentials(environment=named).user == "me"
    found = find_credentials(environment=home)
    assert (found.user, found.password, found.source) == ("a", "b", str(tmp_path / ".netrc"))


def test_the_login_of_another_machine_does_not_serve(tmp_path):
    assert find_credentials(environment=netrc_of(tmp_path, "machine example.org login a password b\n")) is None


def test_netrc_may_lie_elsewhere(tmp_path):
    (tmp_path / "mine").write_text(f"machine {EARTHDATA_HOST} login a password b\n")
    (tmp_path / "mine").chmod(0o600)
    assert find_credentials(environment={"NETRC": str(tmp_path / "mine")}).user == "a"


def test_a_broken_netrc_is_named_without_what_is_in_it(tmp_path):
    home = netrc_of(tmp_path, f"machine {EARTHDATA_HOST} login a passwort h1dden\n")
    with pytest.raises(InputError, match="netrc") as caught:
        find_credentials(environment=home)
    assert "h1dden" not in str(caught.value)
    assert "passwort" not in str(caught.value)


def test_a_netrc_that_others_can_read_is_warned_of(tmp_path, caplog):
    find_credentials(environment=netrc_of(tmp_path, f"machine {EARTHDATA_HOST} login a password b\n", 0o644))
    assert "chmod 600" in caplog.text


def test_credentials_do_not_show_themselves():
    secret = Credentials("netrc", user="me", password="h1dden", token="t0ken")
    assert repr(secret) == str(secret) == "Credentials(source='netrc')"
