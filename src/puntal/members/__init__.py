"""Members: who they are, how callers name them, what they agreed to, and with whom they share.

Owns `member`, `identity`, `consent`, `member_merge`, `merge_candidate`, `pool` and `pool_member`.

Always true:

* an identity (kind, normalised value) belongs to one member of a program, or to nobody;
* a merged member has no identities, and `merged_into` names a member that is not merged itself;
* a consent is never changed: the newest record for a purpose and channel is what holds;
* nothing here knows what a member owns: the books stay when the person is erased.

Start reading at `model`, then `identities` (how an address becomes an identity), then `operations.resolve`.
"""
