#include "tests/lib/broker_people.h"

#include "proto/block.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

const struct rig_principal PRINCIPALS[PRINCIPAL_COUNT] = {
    {"auditor", ROLE(AUDITOR), {AUDITOR}, NULL},
    {"council", ROLE(COUNCIL), {COUNCIL}, NULL},
    {"gateway", ROLE(GATEWAY), {GATEWAY}, "ward"},
    {"ingest", ROLE(INGEST), {INGEST}, NULL},
    {"operator", ROLE(OPERATOR), {OPERATOR}, NULL},
    {"secretary", ROLE(SECRETARY), {SECRETARY}, NULL},
    {"ward", ROLE(SUBMITTER), {WARD}, NULL},
    {"worker", ROLE(WORKER), {WORKER}, NULL},
};

uint32_t
roles_of(uint8_t key)
{
    for (size_t i = 0; i < PRINCIPAL_COUNT; i++) {
        if (PRINCIPALS[i].keys[0] == key) {
            return PRINCIPALS[i].roles;
        }
    }
    return 0;
}

/* A shard's worker that has told all principals. */
int
people_set_up(void **state)
{
    struct broker_rig *rig = rig_new();
    rig->settings.sessions = 64;
    rig->settings.busy_lag_blocks = 1000;
    snprintf(rig->settings.listen_tcp, sizeof(rig->settings.listen_tcp), "tcp://*:5571");
    rig_start(rig);
    rig_worker(rig, "tally", ROLE_TALLY, 101);
    rig_tell_access(rig, "tally", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_progress(rig, "tally", 0);
    rig_turn(rig);
    rig_silent(rig, "tally");
    *state = rig;
    return 0;
}

int
people_tear_down(void **state)
{
    struct broker_rig *rig = *state;
    rig_free(&rig);
    return 0;
}

void
client_with_key(struct broker_rig *rig, const char *who, uint8_t key)
{
    rig_user(rig, key);
    rig_client(rig, who);
}

void
submit_for(struct broker_rig *rig, const char *who, uint64_t request, const char *principal)
{
    struct buf records = BUF_EMPTY, header = BUF_EMPTY;
    pack_array(&records, 1);
    pack_array(&records, 2);
    pack_cstr(&records, "ba-dinh");
    pack_bytes(&records, slice_text("x"));
    struct message_submit submit = {request, buf_slice_of(&records), slice_text(principal)};
    message_encode_submit(&submit, &header);
    rig_say(rig, who, &header);
    buf_fini(&records);
    buf_fini(&header);
}

void
query_for(struct broker_rig *rig, const char *who, const char *name, const char *principal)
{
    struct buf header = BUF_EMPTY;
    struct message_query query = {
        .request = 5, .name = slice_text(name), .principal = slice_text(principal)};
    message_encode_query(&query, &header);
    rig_say(rig, who, &header);
    rig_turn(rig);
    buf_fini(&header);
}

void
journalled_as(struct broker_rig *rig, const char *principal)
{
    struct journal_head head;
    struct slice bytes;
    struct block block;
    struct block_record record;
    journal_head(rig->journal, &head);
    assert_int_equal(journal_read(rig->journal, head.number, &bytes), ERR_OK);
    assert_int_equal(block_open(bytes, &block), ERR_OK);
    struct block_records it = block_records(&block);
    assert_true(block_next(&it, &record));
    assert_true(slice_is(record.principal, principal));
}

void
receipt_for(struct broker_rig *rig, const char *who)
{
    struct message_receipts receipts;
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_receipts, &receipts);
}
