"""Many runs: each in a process of its own, what has run kept in a ledger, what is missing done again."""
