# file: workers/tally/council.c
# A nomination that is sent back goes into the hand of who proposed it, and not to who sent it back when it is sent anew.
s|^    m->row.state = move->to;|    if (move->act == REVIEW_send_back) {\n        m->row.holder = m->row.proposer;\n    }\n    m->row.state = move->to;|
