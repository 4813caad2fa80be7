"""Credits: what jobs cost, who has how many, and how much an account may do."""
