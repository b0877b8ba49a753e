"""The generators of the documentation are modules beside its pages."""

import sys

from documentation import DOCS

sys.path.insert(0, str(DOCS / "generate"))
