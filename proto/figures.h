/* What a tally worker tells of itself beside its position, in PROGRESS: how long its transactions took, what
 * became of the records of its shard, and why it rejected those that it did. For people who watch;
 * nothing is decided by it. */
#ifndef PROTO_FIGURES_H
#define PROTO_FIGURES_H

#include "proto/codes.h"
#include "proto/histogram.h"

enum figures_verdict {
    FIGURES_ACCEPTED,
    FIGURES_CORRECTED,
    FIGURES_UNCHANGED,
    FIGURES_SUPERSEDED,
    FIGURES_REJECTED,
    FIGURES_QUARANTINED,
    FIGURES_VERDICTS
};

struct figures {
    struct histogram transactions;       /* since the worker opened its shard */
    uint64_t verdicts[FIGURES_VERDICTS]; /* of the whole journal, as far as the shard is */
    uint64_t codes[CODE_COUNT];          /* rejected so, since the worker opened its shard */
};

const char *figures_verdict_name(enum figures_verdict verdict); /* "accepted" */

/* On the wire: [transactions, [count a verdict], [[code, count], …]], codes that were never told left
 * out. A code that is not known here, a newer worker's, is skipped. False: it is none; `f` is as it was. */
void figures_pack(const struct figures *f, struct buf *out);
bool figures_read(struct slice raw, struct figures *f);

#endif
