# file: workers/tally/apply_vote.c
# An absent member votes in writing where the award knows no written votes.
s|    return (v->in->written \&\& allowed) \|\||    return v->in->written \|\||
