"""Problems with published optima, solved as portfolios."""
