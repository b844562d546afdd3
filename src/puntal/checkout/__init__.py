"""The checkout: use cases around a cart that need members, rewards, points and the engine together.

Asking (`operations.carts`, `operations.offers`) reads without locks and writes nothing; what takes a reward looks
again, under the lock of its member. Owns `till_action`: what was done at tills (`operations.till`).

Start reading at `operations.carts`, then `engine.cart`, which it feeds.
"""
