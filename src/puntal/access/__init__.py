"""Who may do what: organizations, their staff and roles, API keys, the audit log, approvals.

Owns the tables `organization`, `staff`, `staff_role`, `api_key`, `staff_session`, `staff_factor`,
`staff_recovery_code`, `staff_reset`, `sign_in_failure`, `store`, `setup_token`, `passkey`, `passkey_challenge`,
`sso_provider`, `sso_journey`, `sso_subject`, `organization_audit_entry`, `organization_idempotency_key` (outside row
security) and `audit_entry`, `idempotency_key`, `approval` (of a program).
Reads `program` to find a program by the slug in a URL.

Always true:

* of a key, a session, a recovery code and a reset only the SHA-256 is stored, of a password only its argon2 hash;
* a try to sign in is counted before it is looked at; whether an account exists changes neither answer nor work;
* nothing is changed with a session but from a page of ours;
* nobody hands out a permission she does not have;
* a key of one program learns nothing of another: wrong program and unknown program are the same answer;
* a revoked or expired key or session, and those of disabled staff, are refused within five seconds in every process;
* whoever asked for an approval does not give it;
* the answer to a write is stored in the transaction of the write, never with a secret in it.

Start reading at `model`, then `policy`; `dependencies` is what routers of other slices use, `door` how somebody signs
in, `idempotency` how a write is recognised when it comes twice.
"""
