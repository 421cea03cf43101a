"""Past one machine: the same refresh and the same publications, with the work of every council shared among workers.

Needs the optional extra `scale` (docs/scaling.md). Nothing outside this folder imports it but its command, when it is
called.
"""
