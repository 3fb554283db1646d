"""What several runs say together: pure functions of numbers."""
