"""The formulation: data models, timeline and the Pyomo model of MATHS.md; opens no file and knows no solver."""
