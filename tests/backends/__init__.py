"""Workers: the same results wherever the work is done, and nothing lost when one dies."""
