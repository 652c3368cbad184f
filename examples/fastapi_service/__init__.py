"""A web service over Sunshine Conversations with three endpoints."""
