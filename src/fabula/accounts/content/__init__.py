"""Which content an account sees and makes: the own choice, and the age gate."""
