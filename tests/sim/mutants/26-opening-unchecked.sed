# file: workers/tally/apply_opening.c
# The teller's sums are taken as they are told, whatever the commitments add up to.
s/    return ballot_check(cast->sum, in->yes, in->no, in->blinding.data) ||/    return true ||/
