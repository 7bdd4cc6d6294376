# file: workers/tally/stored.c
# A withdrawn report counts as one that never was: what comes late comes back.
s|^    return report_decode(stored->bytes, a->arena, &stored->row);|    err = report_decode(stored->bytes, a->arena, \&stored->row);\n    stored->there = !stored->row.withdrawn;\n    return err;|
