"""One call: options, request, layers, response and paging. Private."""
