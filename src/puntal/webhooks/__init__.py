"""Webhooks: telling other systems what happened, signed, until they have it.

Owns the tables `webhook_endpoint` and `webhook_delivery`.

Always true:

* an endpoint gets a happening at most once into its deliveries (unique key), and at least once over the wire, always
  under the same `webhook-id`: a receiver that remembers ids sees each one once;
* what is sent was written when it happened and does not change between attempts;
* no transaction is open while a receiver is waited for: a delivery is claimed, sent, then settled;
* nothing is sent to an address that is not public, whatever name it hides behind, unless the deployment allows it.

Deliveries keep real time, also in a program whose clock is set back. Order is not promised; `timestamp` tells it.
Start reading at `policy`, then `operations`; `sending` is the only module that speaks to receivers.
"""
