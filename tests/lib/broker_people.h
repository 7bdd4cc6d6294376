/* A broker's core with people in it: one principal of every role, each with one key, told by the worker
 * of the only shard. What a test of keys and roles needs beside the rig. */
#ifndef TESTS_BROKER_PEOPLE_H
#define TESTS_BROKER_PEOPLE_H

#include "tests/lib/broker_rig.h"

/* Keys by number; NOBODY's is no principal's, WARD_NEW's not yet. */
enum { WARD = 1, WARD_NEW, INGEST, COUNCIL, SECRETARY, OPERATOR, AUDITOR, GATEWAY, WORKER, NOBODY };

#define ROLE(role) ACCESS_BIT(ACCESS_##role)
#define PRINCIPAL_COUNT 8
extern const struct rig_principal PRINCIPALS[PRINCIPAL_COUNT];

uint32_t roles_of(uint8_t key); /* 0: nobody's */

/* For cmocka: *state is the rig. */
int people_set_up(void **state);
int people_tear_down(void **state);

/* A client that has been welcomed with this key; 0: local. What is said next is said with it. */
void client_with_key(struct broker_rig *rig, const char *who, uint8_t key);
/* One record, one question; `principal` is whom it is for, "" for oneself. */
void submit_for(struct broker_rig *rig, const char *who, uint64_t request, const char *principal);
void query_for(struct broker_rig *rig, const char *who, const char *name, const char *principal);
/* The turn ends, and `who` is told receipts. */
void receipt_for(struct broker_rig *rig, const char *who);
/* The principal of the newest block's first record. */
void journalled_as(struct broker_rig *rig, const char *principal);

#endif
