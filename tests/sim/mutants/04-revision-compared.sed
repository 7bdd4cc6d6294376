# file: workers/tally/apply_report.c
# An equal revision is taken for an older one.
s|old->revision > d->row.revision|old->revision >= d->row.revision|
