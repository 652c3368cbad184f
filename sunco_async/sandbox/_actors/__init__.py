"""What happens outside of the API: end users, agents and channels act.

`origins` finds out who acts, where and through which client; `acts` are the acts of end users and
agents. `channels` answers for the channels: it reports what becomes of the messages of the
business. `methods` is the part of `Sandbox` that belongs to it.
"""
