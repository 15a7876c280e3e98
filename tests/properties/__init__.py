"""What must hold for any portfolio."""
