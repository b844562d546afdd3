"""The use cases of the checkout, a module per noun. Each joins the caller's transaction; none commits."""
