"""The Pyomo model as arrays: labels, the arrays, rules expanded, all of it put together."""
