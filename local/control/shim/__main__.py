"""Entry point: `python3 local/control/shim --state <dir>`.

Python puts this very folder first on sys.path, where our module names could hide those of the
standard library; so the folder is taken off again and the shim is imported as a package.
"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
sys.path.insert(0, os.path.dirname(here))

from shim.cli import main  # noqa: E402

if __name__ == "__main__":
    main(sys.argv[1:])
