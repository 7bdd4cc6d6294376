/* The table of attacks: hostile.h. */
#include "tests/lib/hostile.h"

#include <stdlib.h>
#include <string.h>

/* The flood comes first: what it leaves in the first blocks the slow reader asks for. */
const struct attack ATTACKS[] = {
    {"flood-records", flood_records, "a flood of records from one key"},
    {"slow-reader", slow_reader, "long answers asked for and not read"},
    {"garbage-before", garbage_before, "garbage instead of a greeting"},
    {"garbage-in-handshake", garbage_in_handshake, "garbage within the handshake"},
    {"byte-by-byte", byte_by_byte, "greetings byte by byte"},
    {"half-open", half_open, "connections that stop in the middle"},
    {"replayed", replayed, "another's handshake, word for word"},
    {"long-command", long_command, "16 MiB claimed before a key is proved"},
    {"idle", idle_connections, "10,000 connections that say nothing"},
    {"garbage-after", garbage_after, "garbage from a key holder"},
    {"flood-long", flood_long, "a flood of messages of 4 MiB"},
    {"flood-queries", flood_queries, "a flood of questions from one key"},
    {"flood-hellos", flood_hellos, "a flood of HELLOs from one key"},
    {"handshakes", too_many_handshakes, "connections of one key, again and again"},
    {"routing-id", others_routing_id, "another's routing id"},
    {"submitter-as-worker", submitter_as_worker, "a submitter that speaks as a worker"},
    {"false-worker", false_worker, "a worker's key that lies"},
    {"vanishing-worker", vanishing_worker, "a worker's key that vanishes with every message"},
    {NULL, NULL, NULL},
};

static void
key_open(const char *path, struct curve_key *key)
{
    char why[256];
    if (curve_key_read(path, key, why) != ERR_OK) {
        fprintf(stderr, "%s\n", why);
        exit(64);
    }
}

void
target_open(struct target *t, const char *broker, const char *ward, const char *worker,
            const char *auditor)
{
    char why[256];
    *t = (struct target){.broker = broker};
    if (!endpoint_parse(slice_text(broker), &t->at, why) || !t->at.has_key) {
        fprintf(stderr, "%s\n", why);
        exit(64);
    }
    t->port = (uint16_t)atoi(strrchr(t->at.address, ':') + 1);
    key_open(ward, &t->ward);
    key_open(worker, &t->worker);
    key_open(auditor, &t->auditor);
}
