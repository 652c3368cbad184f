"""`python -m sunco_async._drift`."""

import sys

from sunco_async._drift._command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
