"""`python -m sunco_async.cli`."""

import sys

from sunco_async.cli import main

if __name__ == "__main__":
    sys.exit(main())
