"""What the planner promises, which tests hold it, and the page that says how often they tried to break it."""
