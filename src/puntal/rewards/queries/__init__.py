"""What lists and screens read of rewards, a module per noun."""
