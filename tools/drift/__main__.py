"""`python -m drift`."""

import sys

from drift._command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
