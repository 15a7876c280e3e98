"""Every combination of the whole numbers of tiny portfolios, against what the solver claims."""
