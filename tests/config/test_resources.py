"""Files that ship with the program are found by name."""

import pytest

from snapstamps.config.resources import resource


def test_the_parameters_are_found():
    assert resource("stamps_templates/parms.toml").is_file()


def test_an_incomplete_installation_says_so():
    with pytest.raises(FileNotFoundError, match="install it again"):
        resource("stamps_templates/none.toml")
