"""Rule deletion: every rule of the model, the checker and the inputs is taken out, one at a time, and some test must fail."""
