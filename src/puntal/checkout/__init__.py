"""The checkout: use cases around a cart that need members, rewards, points and the engine together.

Owns no table. Asking (`operations.carts`, `operations.offers`) reads without locks and writes nothing; what takes a
reward looks again, under the lock of its member.

Start reading at `operations.carts`, then `engine.cart`, which it feeds.
"""
