"""Downloads: whole or not at all, resumed, verified, and honest about why not."""

import errno
import hashlib
import json
import logging
import shutil
from types import SimpleNamespace

import pytest
from fakes.archive_server import PASSWORD, TOKEN, USER

from snapstamps.acquire import download
from snapstamps.acquire.credentials import Credentials
from snapstamps.acquire.download import ATTEMPTS, Wanted, fetch_file
from snapstamps.acquire.http import Client, Login
from snapstamps.model.errors import DataError, InputError, ToolError

CONTENT = bytes(range(256)) * 4000
MD5 = hashlib.md5(CONTENT).hexdigest()
PATH = "/SLC/scene.zip"


@pytest.fixture
def wanted(archive, tmp_path):
    """The one file of the archive."""
    archive.files[PATH] = CONTENT
    return Wanted(archive.url(PATH), tmp_path / "scene.zip", len(CONTENT), MD5)


@pytest.fixture
def naps():
    """The pauses between attempts, which tests do not sleep."""
    return []


def fetch(wanted, naps, client=None, **options):
    return fetch_file(wanted, client or Client(timeout=5), sleep=naps.append, **options)


def part_of(wanted):
    return wanted.target.with_name("scene.zip.part")


def leave_part(wanted, content, version):
    part_of(wanted).write_bytes(content)
    part_of(wanted).with_name("scene.zip.part.json").write_text(json.dumps({"version": version}))


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(wanted, naps):
    told = []
    assert fetch(wanted, naps, progress=lambda done, total: told.append((done, total))) == wanted.target
    assert wanted.target.read_bytes() == CONTENT
    assert [path.name for path in wanted.target.parent.iterdir()] == ["scene.zip"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert naps == []


def test_a_file_that_is_there_is_not_asked_for(wanted, archive, naps):
    wanted.target.write_bytes(CONTENT)
    fetch(wanted, naps)
    assert archive.requests == []


def test_a_file_of_another_size_is_fetched_again(wanted, naps):
    wanted.target.write_bytes(b"old")
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT


def test_a_cut_line_is_resumed_where_it_broke(wanted, archive, naps):
    archive.behaviour = ["cut:300000", "cut:500000", "ok"]
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT
    assert [request.range for request in archive.asked(PATH)] == [None, "bytes=300000-", "bytes=800000-"]
    assert archive.asked(PATH)[1].if_range == archive.etag(CONTENT)


def test_a_line_that_breaks_often_but_gets_on_is_not_given_up(wanted, archive, naps):
    archive.behaviour = ["cut:100000"] * (ATTEMPTS + 3)
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT
    assert set(naps) == {2.0}


def test_what_an_earlier_run_left_is_kept_and_used(wanted, archive, naps):
    archive.behaviour = ["cut:400000", *["cut:0"] * ATTEMPTS]
    with pytest.raises(ToolError, match="cannot be reached"):
        fetch(wanted, naps)
    assert part_of(wanted).stat().st_size == 400_000
    assert not wanted.target.exists()
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT
    assert archive.requests[-1].range == "bytes=400000-"


def test_a_part_of_another_version_is_thrown_away(wanted, naps):
    leave_part(wanted, b"x" * 300_000, '"another"')
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT


def test_a_server_that_ignores_the_range_sends_the_whole_file_and_that_is_what_is_kept(wanted, archive, naps):
    leave_part(wanted, CONTENT[:300_000], "")
    archive.behaviour = ["whole"]
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_starts_anew(wanted, archive, naps):
    leave_part(wanted, CONTENT + b"more", archive.etag(CONTENT))
    unknown_size = Wanted(wanted.url, wanted.target, None, MD5)
    fetch(unknown_size, naps)
    assert wanted.target.read_bytes() == CONTENT


def test_a_spoiled_part_is_fetched_anew_once(wanted, archive, naps):
    leave_part(wanted, b"x" * 300_000, archive.etag(CONTENT))
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT
    assert [request.range for request in archive.asked(PATH)] == ["bytes=300000-", None]


def test_a_file_whose_checksum_differs_gets_no_name(wanted, naps):
    with pytest.raises(DataError, match="did not arrive as it was announced") as caught:
        fetch(Wanted(wanted.url, wanted.target, len(CONTENT), "0" * 32), naps)
    assert "md5" in caught.value.why
    assert list(wanted.target.parent.iterdir()) == []


def test_a_file_that_is_not_sound_gets_no_name(wanted, naps):
    def refuse(path):
        raise DataError("not a product", where=path)

    with pytest.raises(DataError, match="not a product"):
        fetch(wanted, naps, check=refuse)
    assert not wanted.target.exists()


def test_a_server_that_hangs_is_left_and_asked_again(wanted, archive, naps):
    archive.behaviour = ["hang", "ok"]
    fetch(wanted, naps, Client(timeout=0.2))
    assert wanted.target.read_bytes() == CONTENT
    assert naps == [2.0]


def test_a_server_that_is_not_there_is_said_to_be_unreachable(tmp_path, naps):
    with pytest.raises(ToolError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        fetch(Wanted("http://127.0.0.1:9/a.zip", tmp_path / "a.zip"), naps)
    assert "network" in caught.value.remedy
    assert naps == [2.0, 4.0, 8.0, 16.0]


@pytest.mark.parametrize(
    ("answer", "kind", "phrase"),
    [
        ((401, "denied"), InputError, "asks for a login"),
        ((403, "denied"), InputError, "asks for a login"),
        ((403, '{"error_description": "EULA Acceptance Failure"}'), InputError, "licence"),
        ((401, "You must first specify a Study Area"), InputError, "licence"),
        ((404, "gone"), DataError, "no such file"),
        ((202, "please wait"), ToolError, "offline"),
        ((418, "teapot"), ToolError, "HTTP status 418"),
    ],
)
def test_a_lasting_refusal_is_told_at_once_in_one_sentence(wanted, archive, naps, answer, kind, phrase):
    archive.behaviour = [answer]
    with pytest.raises(kind, match=phrase) as caught:
        fetch(wanted, naps)
    assert len(caught.value.what.splitlines()) == 1
    assert caught.value.remedy
    assert naps == []


@pytest.mark.parametrize(
    "answer", [(429, "slow down"), (403, "User quota exceeded"), (503, "rate limit"), (500, "oops")]
)
def test_a_passing_refusal_is_waited_for(wanted, archive, naps, answer):
    archive.behaviour = [answer, "ok"]
    fetch(wanted, naps)
    assert wanted.target.read_bytes() == CONTENT
    assert naps == [2.0]


def test_the_server_says_how_long_to_wait_within_reason(wanted, archive, naps):
    archive.behaviour = [(429, "", {"Retry-After": "7"}), (429, "", {"Retry-After": "86400"}), "ok"]
    fetch(wanted, naps)
    assert naps == [7.0, download.LONGEST_PAUSE_SECONDS]


def test_a_quota_that_does_not_end_is_told_as_one(wanted, archive, naps):
    archive.behaviour = [(429, "Too many requests")] * ATTEMPTS
    with pytest.raises(ToolError, match="quota"):
        fetch(wanted, naps)
    assert len(naps) == ATTEMPTS - 1


def test_a_login_page_is_not_taken_for_the_file(wanted, archive, naps):
    archive.behaviour = [(200, "<html>Sign in</html>", {"Content-Type": "text/html; charset=utf-8"})]
    with pytest.raises(ToolError, match="web page"):
        fetch(wanted, naps)
    assert not part_of(wanted).exists()


def test_too_little_room_is_told_before_the_first_byte(wanted, naps, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
    with pytest.raises(DataError, match="no room"):
        fetch(wanted, naps)
    assert not part_of(wanted).exists()


def test_a_full_disk_is_not_mistaken_for_a_broken_line(wanted, naps):
    def full(done, _total):
        if done:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fetch(wanted, naps, progress=full)
    assert naps == []


def password_login(archive):
    return Client(Login(Credentials("test", user=USER, password=PASSWORD), password_host="localhost"), timeout=5)


def test_the_password_is_shown_to_the_login_host_alone(wanted, archive, naps):
    archive.login = True
    fetch(wanted, naps, password_login(archive))
    assert wanted.target.read_bytes() == CONTENT
    shown = [request for request in archive.requests if request.authorization]
    assert {request.host for request in shown} == {"localhost"}
    assert len(shown) == 1


def test_one_login_serves_the_next_file_too(wanted, archive, naps, tmp_path):
    archive.login = True
    archive.files["/SLC/other.zip"] = CONTENT
    client = password_login(archive)
    fetch(wanted, naps, client)
    fetch(Wanted(archive.url("/SLC/other.zip"), tmp_path / "other.zip"), naps, client)
    assert sum(request.path.startswith("/login?") for request in archive.requests) == 1


def test_a_wrong_password_is_named_but_not_shown(wanted, archive, naps, caplog):
    archive.login = True
    client = Client(Login(Credentials("test", user=USER, password="wr0ng-word"), password_host="localhost"), timeout=5)
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError, match="does not accept the login") as caught:
        fetch(wanted, naps, client)
    assert "wr0ng-word" not in str(caught.value) + caplog.text
    assert USER not in str(caught.value)


def test_a_token_is_shown_to_the_archive_and_not_to_the_store_behind_it(wanted, archive, naps):
    credentials = Credentials("test", token=TOKEN)
    archive.login = True
    fetch(wanted, naps, Client(Login(credentials, token_hosts=("127.0.0.1",)), timeout=5))
    assert archive.requests[0].authorization == f"Bearer {TOKEN}"
    archive.requests.clear()
    wanted.target.unlink()
    archive.login, archive.behaviour = False, [(302, "", {"Location": f"{archive.login_address}{PATH}"})]
    fetch(wanted, naps, Client(Login(credentials, token_hosts=("127.0.0.1",)), timeout=5))
    assert [(request.host, bool(request.authorization)) for request in archive.requests] == [
        ("127.0.0.1", True),
        ("localhost", False),
    ]


def test_a_login_is_never_shown_over_a_plain_line_to_another_machine():
    login = Login(Credentials("test", user=USER, password=PASSWORD, token=TOKEN))
    assert login.header_for("http://urs.earthdata.nasa.gov/x") is None
    assert login.header_for("https://datapool.asf.alaska.edu/x") == f"Bearer {TOKEN}"
    assert login.header_for("https://asf.alaska.edu.example.org/x") is None


def test_a_redirection_to_no_web_address_is_refused(wanted, archive, naps):
    archive.behaviour = [(302, "", {"Location": "file:///etc/passwd"})]
    with pytest.raises(ToolError):
        fetch(wanted, naps)


def test_only_web_addresses_are_asked():
    with pytest.raises(ValueError, match="not a web address"):
        Client().get("file:///etc/passwd")


def test_messages_carry_no_signature_of_an_address(archive, tmp_path, naps):
    url = archive.url("/SLC/none.zip") + "?X-Amz-Signature=abcdef"
    with pytest.raises(DataError) as caught:
        fetch(Wanted(url, tmp_path / "none.zip"), naps)
    assert "abcdef" not in str(caught.value)
