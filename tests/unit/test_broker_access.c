/* Who may speak, and as whom: keys that come, change and go, sessions that are somebody else's, roles
 * and what they may say, a gateway that speaks for others. */
#include "tests/lib/broker_people.h"

#include "common/log.h"
#include "proto/pack.h"
#include "proto/rights.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

/* ---- roles ---- */

/* Every key with every role of a session: as the table of rights says. */
static void
sessions_by_role(void **state)
{
    struct broker_rig *rig = *state;
    for (uint8_t key = WARD; key <= NOBODY; key++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_READER; role++) {
            struct message_welcome welcome;
            bool known = roles_of(key) != 0;
            bool full = role == ROLE_TALLY; /* the only shard is held */
            char who[16];
            snprintf(who, sizeof(who), "%d-%d", key, role);
            rig_user(rig, key);
            rig_hello(rig, who, role, 200u + key, 0);
            rig_turn(rig);
            if (!known) {
                rig_told_error(rig, who, 0, CODE_KEY_REVOKED);
            } else if (!rights_session(roles_of(key), role)) {
                rig_told_error(rig, who, 0, CODE_NOT_IN_ROLE);
            } else if (full) {
                rig_told_error(rig, who, 0, CODE_NO_SHARD);
            } else {
                rig_told(rig, who, MESSAGE_welcome, &welcome);
                rig_bye(rig, who);
            }
            rig_silent(rig, who);
        }
    }
}

/* SUBMIT: whoever has a right to any record at all; what it may be about is the worker's to say. */
static void
submits_by_role(void **state)
{
    struct broker_rig *rig = *state;
    for (uint8_t key = WARD; key <= GATEWAY; key++) {
        char who[16];
        snprintf(who, sizeof(who), "%d", key);
        if (roles_of(key) == 0) {
            continue;
        }
        client_with_key(rig, who, key);
        submit_for(rig, who, 9, "");
        rig_turn(rig);
        if (key == AUDITOR || key == GATEWAY) {
            rig_told_error(rig, who, 9, CODE_NOT_IN_ROLE);
        } else {
            struct message_receipts receipts;
            rig_told(rig, who, MESSAGE_receipts, &receipts);
        }
        rig_silent(rig, who);
    }
}

/* QUERY: by name, for every role; the question that is passed on says who asks. */
static void
queries_by_role(void **state)
{
    static const char *const names[] = {"tally", "state", "access", "campaigns"};
    struct broker_rig *rig = *state;
    rig_worker(rig, "query", ROLE_QUERY, 102);
    for (size_t p = 0; p < PRINCIPAL_COUNT; p++) {
        const struct rig_principal *principal = &PRINCIPALS[p];
        if ((principal->roles & ROLE(WORKER)) != 0) {
            continue;
        }
        client_with_key(rig, principal->principal, principal->keys[0]);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            struct message_query passed;
            query_for(rig, principal->principal, names[i], "");
            if (rights_query(principal->roles, slice_text(names[i])) == REACH_NONE) {
                rig_told_error(rig, principal->principal, 5, CODE_NOT_IN_ROLE);
                rig_silent(rig, "query");
            } else {
                rig_told(rig, "query", MESSAGE_query, &passed);
                assert_true(slice_is(passed.principal, principal->principal));
            }
        }
    }
}

/* What the table of rights has no line for nobody may ask over the network, even if a worker knew it. */
static void
a_question_without_a_line(void **state)
{
    struct broker_rig *rig = *state;
    struct message_query passed;
    rig_worker(rig, "query", ROLE_QUERY, 102);
    client_with_key(rig, "o", OPERATOR);
    query_for(rig, "o", "everything", "");
    rig_told_error(rig, "o", 5, CODE_QUERY_UNKNOWN);
    rig_silent(rig, "query");
    client_with_key(rig, "l", 0);
    query_for(rig, "l", "everything", "");
    rig_told(rig, "query", MESSAGE_query, &passed);
    assert_true(slice_is(passed.principal, "local"));
}

/* Whatever a sender writes there, the worker is told who it is. */
static void
nobody_asks_as_another(void **state)
{
    struct broker_rig *rig = *state;
    struct message_query passed;
    rig_worker(rig, "query", ROLE_QUERY, 102);
    client_with_key(rig, "w", WARD);
    query_for(rig, "w", "tally", "auditor");
    rig_told(rig, "query", MESSAGE_query, &passed);
    assert_true(slice_is(passed.principal, "ward"));
    query_for(rig, "w", "missing", "local");
    rig_told(rig, "query", MESSAGE_query, &passed);
    assert_true(slice_is(passed.principal, "ward"));
}

/* ---- the gateway ---- */

static void
a_gateway_speaks_for_those_it_may(void **state)
{
    struct broker_rig *rig = *state;
    struct message_query passed;
    rig_worker(rig, "query", ROLE_QUERY, 102);
    client_with_key(rig, "g", GATEWAY);
    submit_for(rig, "g", 1, "ward");
    receipt_for(rig, "g");
    journalled_as(rig, "ward@gateway");
    query_for(rig, "g", "tally", "ward");
    rig_told(rig, "query", MESSAGE_query, &passed);
    assert_true(slice_is(passed.principal, "ward@gateway"));
    /* The ward's rights, not the gateway's. */
    query_for(rig, "g", "state", "ward");
    rig_told_error(rig, "g", 5, CODE_NOT_IN_ROLE);
    query_for(rig, "g", "campaigns", "");
    rig_told(rig, "query", MESSAGE_query, &passed);
    assert_true(slice_is(passed.principal, "gateway"));
}

static void
a_gateway_speaks_for_nobody_else(void **state)
{
    static const char *const others[] = {"auditor", "local", "broker", "gateway", "ward2", "war"};
    struct broker_rig *rig = *state;
    struct journal_head before, after;
    client_with_key(rig, "g", GATEWAY);
    journal_head(rig->journal, &before);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        submit_for(rig, "g", i + 1, others[i]);
        rig_turn(rig);
        rig_told_error(rig, "g", i + 1, CODE_NOT_IN_ROLE);
        if (strcmp(others[i], "gateway") != 0) {
            query_for(rig, "g", "tally", others[i]);
            rig_told_error(rig, "g", 5, CODE_NOT_IN_ROLE);
        }
    }
    journal_head(rig->journal, &after);
    assert_true(before.number == after.number);
}

/* "*" is every office, but never the local operator, who may all. */
static void
for_everybody_is_not_for_local(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal any[] = {{"gateway", ROLE(GATEWAY), {GATEWAY}, "*"},
                                        {"ward", ROLE(SUBMITTER), {WARD}, NULL}};
    rig_user(rig, 0);
    rig_tell_access(rig, "tally", 0, 0, true, any, 2);
    client_with_key(rig, "g", GATEWAY);
    submit_for(rig, "g", 1, "ward");
    receipt_for(rig, "g");
    journalled_as(rig, "ward@gateway");
    submit_for(rig, "g", 2, "local");
    rig_turn(rig);
    rig_told_error(rig, "g", 2, CODE_NOT_IN_ROLE);
    query_for(rig, "g", "broker.prune", "local");
    rig_told_error(rig, "g", 5, CODE_NOT_IN_ROLE);
    query_for(rig, "g", "tally", "unheard-of");
    rig_told_error(rig, "g", 5, CODE_PRINCIPAL_UNKNOWN);
}

static void
only_a_gateway_speaks_for_others(void **state)
{
    struct broker_rig *rig = *state;
    for (uint8_t key = WARD; key <= AUDITOR; key++) {
        char who[16];
        snprintf(who, sizeof(who), "%d", key);
        if (roles_of(key) == 0) {
            continue;
        }
        client_with_key(rig, who, key);
        submit_for(rig, who, 3, "ward");
        rig_turn(rig);
        rig_told_error(rig, who, 3, CODE_NOT_IN_ROLE);
    }
}

/* A gateway on the broker's machine has no key of its own; whoever may all may also less. */
static void
local_speaks_for_others_but_itself(void **state)
{
    struct broker_rig *rig = *state;
    client_with_key(rig, "l", 0);
    submit_for(rig, "l", 3, "ward");
    rig_turn(rig);
    journalled_as(rig, "ward@local");
    struct message_receipts receipts;
    rig_told(rig, "l", MESSAGE_receipts, &receipts);
    submit_for(rig, "l", 4, "local");
    rig_turn(rig);
    rig_told_error(rig, "l", 4, CODE_NOT_IN_ROLE);
}

/* ---- keys that come and go ---- */

static void
told(struct broker_rig *rig, uint64_t revision, const struct rig_principal *all, uint32_t count)
{
    rig_user(rig, 0);
    rig_tell_access(rig, "tally", revision, 0, true, all, count);
    rig_turn(rig);
}

/* A key that is changed: both are good, then the new one alone. */
static void
rotation(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal both = {"ward", ROLE(SUBMITTER), {WARD, WARD_NEW}, NULL};
    const struct rig_principal one = {"ward", ROLE(SUBMITTER), {WARD_NEW}, NULL};
    client_with_key(rig, "old", WARD);
    told(rig, 0, &both, 1);
    client_with_key(rig, "new", WARD_NEW);
    submit_for(rig, "new", 1, "");
    receipt_for(rig, "new");
    journalled_as(rig, "ward");
    rig_user(rig, WARD);
    submit_for(rig, "old", 2, "");
    receipt_for(rig, "old");
    journalled_as(rig, "ward");
    told(rig, 1, &one, 1);
    rig_told_error(rig, "old", 0, CODE_KEY_REVOKED);
    rig_user(rig, WARD);
    submit_for(rig, "old", 3, "");
    rig_turn(rig);
    rig_told_error(rig, "old", 3, CODE_KEY_REVOKED);
    rig_user(rig, WARD_NEW);
    submit_for(rig, "new", 4, "");
    receipt_for(rig, "new");
    assert_true(broker_knows_key(rig->broker, (const uint8_t[32]){[0 ... 31] = WARD_NEW}));
    assert_false(broker_knows_key(rig->broker, (const uint8_t[32]){[0 ... 31] = WARD}));
}

/* From the very next message on, whatever that is; and it stays so, HELLO included. */
static void
revoked_from_the_next_message_on(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal none = {"ward", 0, {0}, NULL};
    client_with_key(rig, "w", WARD);
    submit_for(rig, "w", 1, "");
    receipt_for(rig, "w");
    told(rig, 1, &none, 1);
    rig_told_error(rig, "w", 0, CODE_KEY_REVOKED);
    rig_user(rig, WARD);
    submit_for(rig, "w", 2, "");
    query_for(rig, "w", "campaigns", "");
    rig_told_error(rig, "w", 2, CODE_KEY_REVOKED);
    rig_told_error(rig, "w", 5, CODE_KEY_REVOKED);
    rig_hello(rig, "w", ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "w", 0, CODE_KEY_REVOKED);
    rig_silent(rig, "w");
}

/* A reader that waits for blocks gets none once its role is gone. */
static void
a_reader_loses_its_role(void **state)
{
    struct broker_rig *rig = *state;
    struct message_welcome welcome;
    const struct rig_principal less[] = {{"auditor", ROLE(COUNCIL), {AUDITOR}, NULL},
                                         {"ward", ROLE(SUBMITTER), {WARD}, NULL}};
    rig_user(rig, AUDITOR);
    rig_hello(rig, "r", ROLE_READER, 0, 0);
    rig_turn(rig);
    rig_told(rig, "r", MESSAGE_welcome, &welcome);
    rig_fetch(rig, "r", 1, 1, 1000);
    told(rig, 0, less, 2);
    rig_told_error(rig, "r", 0, CODE_NOT_IN_ROLE);
    client_with_key(rig, "w", WARD);
    submit_for(rig, "w", 1, "");
    receipt_for(rig, "w");
    rig_user(rig, AUDITOR);
    rig_fetch(rig, "r", 1, 1, 1000);
    rig_turn(rig);
    rig_told_error(rig, "r", 0, CODE_HELLO_FIRST);
    rig_silent(rig, "r");
}

/* ---- sessions that are somebody else's ---- */

/* The routing id of a session, but another key, or none, or none that is known. */
static void
a_session_is_its_keys(void **state)
{
    static const uint8_t others[] = {INGEST, OPERATOR, 0};
    struct broker_rig *rig = *state;
    for (size_t i = 0; i < sizeof(others); i++) {
        client_with_key(rig, "s", WARD);
        rig_user(rig, others[i]);
        submit_for(rig, "s", 1, "");
        rig_turn(rig);
        rig_told_error(rig, "s", 1, CODE_HELLO_FIRST);
        /* And the session is over: its id is another connection's by now, which would hear it. */
        rig_user(rig, WARD);
        submit_for(rig, "s", 2, "");
        rig_turn(rig);
        rig_told_error(rig, "s", 2, CODE_HELLO_FIRST);
    }
    client_with_key(rig, "s", WARD);
    snprintf(rig->user, sizeof(rig->user),
             "-"); /* what the loop says where libzmq gave no User-Id */
    submit_for(rig, "s", 3, "");
    rig_turn(rig);
    rig_told_error(rig, "s", 3, CODE_KEY_REVOKED);
    rig_silent(rig, "s");
}

/* User-Ids that are not what the handler writes: no key, and never local. */
static void
strange_users(void **state)
{
    struct broker_rig *rig = *state;
    static const char *const users[] = {
        "-",
        "0",
        "local",
        "0101010101010101010101010101010101010101010101010101010101010101 ",
        "010101010101010101010101010101010101010101010101010101010101010",
        "0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A"};
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        snprintf(rig->user, sizeof(rig->user), "%.64s", users[i]);
        if (strlen(users[i]) > 64) {
            continue;
        }
        rig_hello(rig, "x", ROLE_CLIENT, 0, 0);
        rig_turn(rig);
        rig_told_error(rig, "x", 0, CODE_KEY_REVOKED);
    }
    rig_silent(rig, "x");
}

/* A worker over the network that gives a local worker's pid is not that worker. */
static void
a_pid_of_another_machine(void **state)
{
    struct broker_rig *rig = *state;
    rig_user(rig, WORKER);
    rig_hello(rig, "remote", ROLE_TALLY, 101, 1);
    rig_turn(rig);
    rig_told_error(rig, "remote", 0, CODE_NO_SHARD);
    rig_user(rig, 0);
    rig_progress(rig, "tally", 0);
    rig_turn(rig);
    rig_silent(rig, "tally"); /* its session goes on */
}

/* A worker of another machine holds a shard while its session lasts: nobody can look at its process. */
static void
a_worker_of_another_machine(void **state)
{
    struct broker_rig *rig = *state;
    struct message_welcome welcome;
    rig->settings.shards = 2;
    rig_restart(rig);
    rig_user(rig, 0);
    rig_worker(rig, "tally", ROLE_TALLY, 101);
    rig_tell_access(rig, "tally", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_kill(rig, 300);
    rig_user(rig, WORKER);
    rig_hello(rig, "remote", ROLE_TALLY, 300, 0);
    rig_turn(rig);
    rig_told(rig, "remote", MESSAGE_welcome, &welcome);
    rig_advance(rig, 2000);
    rig_turn(rig);
    rig_user(rig, 0);
    rig_hello(rig, "local", ROLE_TALLY, 103, 0);
    rig_turn(rig);
    rig_told_error(rig, "local", 0, CODE_NO_SHARD);
    rig_advance(rig, 3500); /* silent for longer than its lease */
    rig_turn(rig);
    rig_hello(rig, "local", ROLE_TALLY, 103, 0);
    rig_turn(rig);
    rig_told(rig, "local", MESSAGE_welcome, &welcome);
}

/* Who holds shard 0 says who may speak: a key of role worker must never come to that, free as it may be. */
static void
shard_0_is_of_this_machine(void **state)
{
    struct broker_rig *rig = *state;
    rig_user(rig, 0);
    rig_bye(rig, "tally");
    rig_user(rig, WORKER);
    for (uint64_t shard = 0; shard <= 1; shard++) {
        rig_hello(rig, "remote", ROLE_TALLY, 300, shard);
        rig_turn(rig);
        rig_told_error(rig, "remote", 0, CODE_NO_SHARD);
    }
    rig_tell_access(rig, "remote", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_turn(rig);
    rig_told_error(rig, "remote", 0, CODE_HELLO_FIRST);
    rig_user(rig, 0);
    assert_int_equal(rig_worker(rig, "local", ROLE_TALLY, 103), 1);
}

/* ---- the table ---- */

static void
only_shard_0_tells(void **state)
{
    struct broker_rig *rig = rig_new();
    (void)state;
    rig->settings.shards = 2;
    rig_start(rig);
    assert_int_equal(rig_worker(rig, "first", ROLE_TALLY, 101), 1);
    assert_int_equal(rig_worker(rig, "second", ROLE_TALLY, 102), 2);
    rig_tell_access(rig, "second", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_turn(rig);
    rig_told_error(rig, "second", 0, CODE_NOT_ALLOWED);
    rig_client(rig, "client");
    rig_tell_access(rig, "client", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_turn(rig);
    rig_told_error(rig, "client", 0, CODE_MESSAGE_UNKNOWN);
    rig_worker(rig, "query", ROLE_QUERY, 103);
    rig_tell_access(rig, "query", 0, 0, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_turn(rig);
    rig_told_error(rig, "query", 0, CODE_MESSAGE_UNKNOWN);
    assert_false(broker_knows_key(rig->broker, (const uint8_t[32]){[0 ... 31] = WARD}));
    rig_free(&rig);
}

/* Pages in order, of one revision, from one session; whole or not at all. */
static void
pages(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal first = {"a", ROLE(SUBMITTER), {NOBODY}, NULL};
    const struct rig_principal taken = {"b", ROLE(SUBMITTER), {NOBODY}, NULL};
    const uint8_t key[32] = {[0 ... 31] = NOBODY};
    rig_user(rig, 0);
    rig_tell_access(rig, "tally", 0, 1, true, &first, 1); /* no first page */
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_MALFORMED);
    rig_tell_access(rig, "tally", 0, 0, false, &first, 1);
    rig_tell_access(rig, "tally", 0, 2, true, NULL, 0); /* one is missing */
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_MALFORMED);
    rig_tell_access(rig, "tally", 0, 0, false, &first, 1);
    rig_tell_access(rig, "tally", 0, 1, true, &taken, 1); /* somebody else's key */
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_KEY_TAKEN);
    rig_tell_access(rig, "tally", 0, 1, true, NULL, 0); /* what was refused is gone */
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_MALFORMED);
    rig_tell_access(rig, "tally", 9, 0, true, &first, 1); /* of a block that is not there */
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_BLOCK_UNKNOWN);
    assert_false(broker_knows_key(rig->broker, key));
    client_with_key(rig, "w", WARD); /* all that time the old table was in force */
    rig_user(rig, 0);
    rig_tell_access(rig, "tally", 0, 0, false, &first, 1);
    assert_false(broker_knows_key(rig->broker, key));
    rig_tell_access(rig, "tally", 0, 1, true, PRINCIPALS, PRINCIPAL_COUNT);
    rig_turn(rig);
    rig_silent(rig, "tally");
    assert_true(broker_knows_key(rig->broker, key));
}

/* The pages of a session that has ended are nobody's to finish. */
static void
pages_of_a_session_that_ended(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal first = {"a", ROLE(SUBMITTER), {NOBODY}, NULL};
    rig_user(rig, 0);
    rig_tell_access(rig, "tally", 0, 0, false, &first, 1);
    rig_worker(rig, "tally", ROLE_TALLY, 101);
    rig_tell_access(rig, "tally", 0, 1, true, NULL, 0);
    rig_turn(rig);
    rig_told_error(rig, "tally", 0, CODE_MALFORMED);
    assert_true(broker_knows_key(rig->broker, (const uint8_t[32]){[0 ... 31] = WARD}));
}

/* A worker that makes its state again passes through all that was ever in force. */
static void
an_older_table_changes_nothing(void **state)
{
    struct broker_rig *rig = *state;
    const struct rig_principal revoked = {"ward", 0, {0}, NULL};
    const uint8_t key[32] = {[0 ... 31] = WARD};
    rig_client(rig, "l");
    submit_for(rig, "l", 1, "");
    receipt_for(rig, "l");
    told(rig, 1, &revoked, 1);
    assert_false(broker_knows_key(rig->broker, key));
    told(rig, 0, PRINCIPALS, PRINCIPAL_COUNT);
    rig_silent(rig, "tally");
    assert_false(broker_knows_key(rig->broker, key));
    told(rig, 1, PRINCIPALS, PRINCIPAL_COUNT);
    assert_true(broker_knows_key(rig->broker, key));
}

/* Rows that are none: refused, and what was in force is. */
static void
broken_rows(void **state)
{
    struct broker_rig *rig = *state;
    struct buf rows[3] = {BUF_EMPTY};
    pack_map(&rows[0], 0);
    pack_array(&rows[1], 1);
    pack_cstr(&rows[1], "text");
    pack_array(&rows[2], 1);
    pack_bytes(&rows[2], slice_text("no record"));
    rig_user(rig, 0);
    for (int i = 0; i < 3; i++) {
        struct buf header = BUF_EMPTY;
        struct message_error error;
        struct message_access access = {0, 0, true, buf_slice_of(&rows[i])};
        message_encode_access(&access, &header);
        rig_say(rig, "tally", &header);
        rig_turn(rig);
        rig_told(rig, "tally", MESSAGE_error, &error);
        buf_fini(&header);
        buf_fini(&rows[i]);
    }
    assert_true(broker_knows_key(rig->broker, (const uint8_t[32]){[0 ... 31] = WARD}));
}

/* ---- when the network may come in ---- */

static void
ready_when_all_is_known(void **state)
{
    struct broker_rig *rig = *state;
    assert_true(broker_network_ready(rig->broker));
    rig_client(rig, "l");
    submit_for(rig, "l", 1, "");
    receipt_for(rig, "l");
    rig_restart(rig);
    assert_false(broker_network_ready(rig->broker));
    rig_worker(rig, "tally", ROLE_TALLY, 101);
    rig_progress(rig, "tally", 1);
    assert_false(broker_network_ready(rig->broker)); /* read all, told nobody */
    rig_progress(rig, "tally", 0);
    rig_tell_access(rig, "tally", 0, 0, false, PRINCIPALS, PRINCIPAL_COUNT);
    assert_false(broker_network_ready(rig->broker)); /* not all of them */
    rig_tell_access(rig, "tally", 0, 1, true, NULL, 0);
    assert_false(broker_network_ready(rig->broker)); /* block 1 may revoke some */
    rig_progress(rig, "tally", 1);
    assert_true(broker_network_ready(rig->broker));
}

int
main(void)
{
    log_open("test", LOG_ERROR);
#define TEST(name) cmocka_unit_test_setup_teardown(name, people_set_up, people_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(sessions_by_role),
        TEST(submits_by_role),
        TEST(queries_by_role),
        TEST(a_question_without_a_line),
        TEST(nobody_asks_as_another),
        TEST(a_gateway_speaks_for_those_it_may),
        TEST(a_gateway_speaks_for_nobody_else),
        TEST(for_everybody_is_not_for_local),
        TEST(only_a_gateway_speaks_for_others),
        TEST(local_speaks_for_others_but_itself),
        TEST(rotation),
        TEST(revoked_from_the_next_message_on),
        TEST(a_reader_loses_its_role),
        TEST(a_session_is_its_keys),
        TEST(strange_users),
        TEST(a_pid_of_another_machine),
        TEST(a_worker_of_another_machine),
        TEST(shard_0_is_of_this_machine),
        cmocka_unit_test(only_shard_0_tells),
        TEST(pages),
        TEST(pages_of_a_session_that_ended),
        TEST(an_older_table_changes_nothing),
        TEST(broken_rows),
        TEST(ready_when_all_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
