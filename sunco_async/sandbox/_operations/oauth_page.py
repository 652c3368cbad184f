"""The page on which a user allows an integration to reach an app, or denies it."""

from collections.abc import Iterable
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Allow {client}?</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 32em; margin: 4em auto; padding: 0 1em }}
  button, select {{ font: inherit; padding: .4em 1.2em; margin: .5em .5em .5em 0 }}
</style>
<h1>Allow access?</h1>
<p><strong>{client}</strong> asks for access to an app of this sandbox: its users, conversations,
attachments, and webhooks of its own.</p>
<form method="post" action="{action}">
  <p><label>App <select name="app_id">{options}</select></label></p>
  <button name="decision" value="approve">Allow</button>
  <button name="decision" value="deny">Deny</button>
</form>
</html>
"""


def consent_page(client_id: str, apps: Iterable[tuple[str, str]], action: str) -> str:
    """Return the page as HTML.

    Args:
        client_id: Who asks.
        apps: The ids and names of the apps to choose from.
        action: Where the form is sent.
    """
    options = "".join(
        f'<option value="{escape(app_id)}">{escape(name)}</option>' for app_id, name in apps
    )
    return _PAGE.format(client=escape(client_id), action=escape(action), options=options)
