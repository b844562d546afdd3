"""The demonstration: a real year of purchases, replayed through the same intake the API uses."""
