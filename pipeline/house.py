"""Where the templates, the theme and the words lie that come with the code."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
# Beside the code in a checkout, inside the package in a wheel.
REPORTS = next(
    (folder for folder in (_PACKAGE / "reports", _PACKAGE.parent / "reports") if folder.is_dir()),
    _PACKAGE / "reports",
)
