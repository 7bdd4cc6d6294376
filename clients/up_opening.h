/* What `thidua up` does once its broker answers: submits what `init` left in DATA/first/, file by file in
 * their names' order, removes each when its receipt is there, looks at the verdicts, and says when all
 * is well. Stepped from the loop of `up`; a step takes at most a fraction of a second. */
#ifndef CLIENTS_UP_OPENING_H
#define CLIENTS_UP_OPENING_H

#include "proto/client.h"
#include "proto/settings.h"

#define FIRST_MAX 16 /* init leaves three */

enum opening_phase {
    OPENING_PUBLISH, /* files left in first/ */
    OPENING_JUDGE,   /* their verdicts */
    OPENING_READY,   /* until broker.status says ok */
    OPENING_DONE,
};

struct opening {
    const struct settings *settings;
    enum opening_phase phase;
    struct client *client; /* publishes; then, with a short patience, asks */
    char names[FIRST_MAX][64];
    unsigned count, at;
    bool in_flight;
    struct receipt receipts[FIRST_MAX];
};

/* False: one sentence was said. */
bool opening_begin(struct opening *o, const struct settings *settings);
/* True as long as there is something to do. */
bool opening_step(struct opening *o);
void opening_fini(struct opening *o);
/* How many files wait in DATA/first. */
unsigned opening_waiting(const char *data);

#endif
