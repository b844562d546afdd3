"""The use cases of access, by noun: `organization`, `keys`, `staff`, `approvals`, `audit`."""
