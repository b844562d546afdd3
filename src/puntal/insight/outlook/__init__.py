"""What a ready-made program would give and cost a shop in its first year, before there is a program.

Owns no table. A shop's year is made up from stated assumptions, the same every time; its members' orders are decided by
the engine that decides live, their rewards by the one that tills ask. Only the sums are told, scaled from some hundred
members to the whole shop.

Start reading at `operations`, then `trades` (what is assumed), `year` (what happens), `living` (one member) and
`reckoning` (the formulas).
"""
