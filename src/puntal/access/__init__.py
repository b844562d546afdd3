"""Who may do what: organizations, their staff and roles, API keys, the audit log, approvals.

Owns the tables `organization`, `staff`, `staff_role`, `api_key`, `organization_audit_entry`,
`organization_idempotency_key` (outside row security) and `audit_entry`, `idempotency_key`, `approval` (of a program).
Reads `program` to find a program by the slug in a URL.

Always true:

* of a key only the SHA-256 of its secret is stored, of a password only its argon2 hash;
* nobody hands out a permission she does not have;
* a key of one program learns nothing of another: wrong program and unknown program are the same answer;
* a revoked or expired key, and a key of disabled staff, is refused within five seconds in every process;
* whoever asked for an approval does not give it;
* the answer to a write is stored in the transaction of the write, never with a secret in it.

Start reading at `model`, then `policy`; `dependencies` is what routers of other slices use, `idempotency` is how a
write is recognised when it comes twice.
"""
