"""Reading the rows of a campaign from a file, and checking the ids in them."""
