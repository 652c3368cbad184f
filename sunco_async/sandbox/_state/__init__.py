"""What the sandbox holds, and the one way to change it.

`records` are the structs that are kept and saved, one `AppData` for each app. `state` has the
credentials and the apps, and `app_state` the indexes and look-ups of one app. Everything else here
is a mutation: `user_changes`, `conversation_changes`, `message_changes`, `merging`. A mutation
leaves records and indexes consistent and then records a `Change` (`changes`), from which the
webhook events follow. Handlers call mutations; they never assign to a record.
"""
