"""What readers look at: figures and tables made from results. No statistic is computed here."""
