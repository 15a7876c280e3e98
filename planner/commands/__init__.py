"""The commands of `planner`, by what they work on; heavy imports stay inside them, so that help answers at once."""
