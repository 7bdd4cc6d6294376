# file: workers/tally/council_needs.c
# An award that knows the simplified procedure is approved by it, though the nomination did not ask for it.
s|(award->simplified \&\& ask->m->row.simplified)|award->simplified|
