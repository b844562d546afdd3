"""What can be done with rewards: a module per noun. Each joins the transaction of its caller."""
