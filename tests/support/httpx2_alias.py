"""A pytest plugin that makes `import httpx` mean httpx2 before anything imports it.

PYTHONPATH=tests pytest -p httpx2_alias
"""

import httpx2

httpx2.alias_httpx()
