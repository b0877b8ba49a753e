"""What the scripts of the images are loaded with."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from documentation import ROOT


@pytest.fixture
def docker_folder() -> Path:
    """The folder of the images."""
    return ROOT / "docker"


@pytest.fixture
def sbom(docker_folder: Path) -> ModuleType:
    """The script that writes the bill of materials, as a module."""
    spec = importlib.util.spec_from_file_location("sbom", docker_folder / "scripts" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
