"""One call: its options, its request, the layers it passes, its response, paging. Private."""
