"""What an integration of each channel is made of: one struct for each of its 15 types.

A struct has the fields that CreateIntegration takes, with the documented rules. `registry` has the
structs by type, and makes the body of UpdateIntegration from the fields that may be changed. Custom
integrations are not channels; they are in `_operations/integrations.py`.
"""
