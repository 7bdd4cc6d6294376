/* Everything that leaves is kept, in order, until the rig ends. */
#include "tests/lib/broker_rig.h"

#include "common/mem.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define START_US ((int64_t)1636074000 * 1000000) /* 2021-11-05T01:00:00Z */

static bool
rig_process_alive(void *context, uint64_t pid, uint64_t start_time)
{
    const struct broker_rig *rig = context;
    (void)start_time;
    for (int i = 0; i < RIG_DEAD_MAX; i++) {
        if (rig->dead[i] == pid) {
            return false;
        }
    }
    return true;
}

static uint64_t
rig_free_bytes(void *context)
{
    return ((const struct broker_rig *)context)->free_bytes;
}

struct broker_rig *
rig_new(void)
{
    struct broker_rig *rig = mem_alloc(sizeof(*rig));
    rig->settings = (struct settings){
        .shards = 1,
        .site = 1,
        .min_free_mb = 256,
        .busy_lag_blocks = 10,
        .share_kb = 4096,
        .sessions = 16,
        .heartbeat_ms = 1000,
        .lease_ms = 5000,
        .quota_records = 100,
        .quota_kb = 100,
        .quota_sessions = 4,
    };
    rig->clock = clock_fake(START_US);
    rig->journal = journal_mem_new();
    rig->free_bytes = (uint64_t)1 << 40;
    return rig;
}

void
rig_free(struct broker_rig **rig)
{
    struct broker_rig *r = *rig;
    broker_free(&r->broker);
    journal_free(&r->journal);
    for (uint32_t i = 0; i < r->told_count; i++) {
        buf_fini(&r->told[i].header);
    }
    free(r->told);
    free(r);
    *rig = NULL;
}

void
rig_start(struct broker_rig *rig)
{
    struct broker_options options = {
        .journal = rig->journal,
        .clock = &rig->clock,
        .machine = {rig_process_alive, rig_free_bytes, rig, rig->side_read, rig->side_write},
        .start_id = 0x1234567800000000u + rig->told_count,
        .pid = 1,
        .settings = &rig->settings,
    };
    rig->broker = broker_new(&options);
}

void
rig_restart(struct broker_rig *rig)
{
    broker_free(&rig->broker);
    rig_start(rig);
}

void
rig_advance(struct broker_rig *rig, int64_t ms)
{
    rig->clock.now_us += ms * 1000;
}

void
rig_kill(struct broker_rig *rig, uint64_t pid)
{
    for (int i = 0; i < RIG_DEAD_MAX; i++) {
        if (rig->dead[i] == 0) {
            rig->dead[i] = pid;
            return;
        }
    }
    fail_msg("too many dead");
}

static enum err
rig_send(void *context, struct slice identity, const struct slice *parts, uint32_t count)
{
    struct broker_rig *rig = context;
    if (slice_is(identity, rig->unreachable)) {
        return ERR_NOT_FOUND;
    }
    rig->told = mem_resize(rig->told, (rig->told_count + 1) * sizeof(*rig->told));
    struct told_message *told = &rig->told[rig->told_count++];
    *told = (struct told_message){.blocks = count - 1};
    snprintf(told->to, sizeof(told->to), "%.*s", SLICE_ARG(identity));
    buf_slice(&told->header, parts[0]);
    for (uint32_t i = 1; i < count; i++) {
        told->block_bytes += parts[i].len;
    }
    return ERR_OK;
}

void
rig_turn(struct broker_rig *rig)
{
    broker_tick(rig->broker);
    assert_int_equal(broker_commit(rig->broker), ERR_OK);
    broker_flush(rig->broker, rig_send, rig);
}

void
rig_say_frames(struct broker_rig *rig, const char *who, const struct buf *header, uint32_t n)
{
    /* A copy of exactly its size, so that a read past its end is seen. */
    uint8_t *copy = malloc(header->len == 0 ? 1 : header->len);
    if (header->len > 0) {
        memcpy(copy, header->data, header->len);
    }
    assert_int_equal(broker_receive(rig->broker, slice_text(who), slice_text(rig->user),
                                    slice_of(copy, header->len), n),
                     ERR_OK);
    free(copy);
}

void
rig_say(struct broker_rig *rig, const char *who, const struct buf *header)
{
    rig_say_frames(rig, who, header, 1);
}

const struct told_message *
rig_told(struct broker_rig *rig, const char *who, enum message_type type, void *message)
{
    for (uint32_t i = 0; i < rig->told_count; i++) {
        struct told_message *told = &rig->told[i];
        struct complaint why;
        uint64_t found;
        if (told->taken || strcmp(told->to, who) != 0) {
            continue;
        }
        told->taken = true;
        assert_true(layout_peek(buf_slice_of(&told->header), &found));
        assert_int_equal(found, type);
        assert_true(
            layout_decode(message_layout(type), buf_slice_of(&told->header), message, &why));
        return told;
    }
    fail_msg("nothing was told to %s", who);
    return NULL;
}

void
rig_told_error(struct broker_rig *rig, const char *who, uint64_t request, enum code code)
{
    struct message_error error;
    rig_told(rig, who, MESSAGE_error, &error);
    assert_true(error.request == request);
    assert_int_equal(code_of_text(error.code), code);
}

void
rig_silent(const struct broker_rig *rig, const char *who)
{
    for (uint32_t i = 0; i < rig->told_count; i++) {
        if (!rig->told[i].taken && strcmp(rig->told[i].to, who) == 0) {
            fail_msg("something was told to %s", who);
        }
    }
}

/* ---- the usual messages ---- */

/* Says what was encoded and gives the memory back. */
static void
say_and_free(struct broker_rig *rig, const char *who, struct buf *header)
{
    rig_say(rig, who, header);
    buf_fini(header);
}

void
rig_hello(struct broker_rig *rig, const char *who, enum role role, uint64_t pid, uint64_t shard)
{
    struct message_hello hello = {
        .version = PROTOCOL_VERSION,
        .role = role,
        .name = slice_text(who),
        .pid = pid,
        .start_time = pid * 10,
        .shard = shard,
    };
    struct buf header = BUF_EMPTY;
    message_encode_hello(&hello, &header);
    say_and_free(rig, who, &header);
}

void
rig_client(struct broker_rig *rig, const char *who)
{
    struct message_welcome welcome;
    rig_hello(rig, who, ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_welcome, &welcome);
}

uint64_t
rig_worker(struct broker_rig *rig, const char *who, enum role role, uint64_t pid)
{
    struct message_welcome welcome;
    rig_hello(rig, who, role, pid, 0);
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_welcome, &welcome);
    return welcome.shard;
}

void
rig_submit(struct broker_rig *rig, const char *who, uint64_t request, uint32_t count, size_t size)
{
    struct buf records = BUF_EMPTY, header = BUF_EMPTY;
    uint8_t *body = mem_alloc(size);
    pack_array(&records, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_array(&records, 2);
        pack_cstr(&records, "ba-dinh");
        pack_bytes(&records, slice_of(body, size));
    }
    struct message_submit submit = {.request = request, .records = buf_slice_of(&records)};
    message_encode_submit(&submit, &header);
    say_and_free(rig, who, &header);
    buf_fini(&records);
    free(body);
}

void
rig_fetch(struct broker_rig *rig, const char *who, uint64_t from, uint64_t max_blocks,
          uint64_t max_bytes)
{
    struct message_fetch fetch = {from, max_blocks, max_bytes};
    struct buf header = BUF_EMPTY;
    message_encode_fetch(&fetch, &header);
    say_and_free(rig, who, &header);
}

void
rig_progress(struct broker_rig *rig, const char *who, uint64_t position)
{
    struct message_progress progress = {.position = position};
    struct buf header = BUF_EMPTY;
    message_encode_progress(&progress, &header);
    say_and_free(rig, who, &header);
}

void
rig_query(struct broker_rig *rig, const char *who, uint64_t request, const char *name,
          uint64_t after, uint64_t wait_ms)
{
    struct message_query query = {
        .request = request,
        .name = slice_text(name),
        .after = after,
        .wait_ms = wait_ms,
    };
    struct buf header = BUF_EMPTY;
    message_encode_query(&query, &header);
    say_and_free(rig, who, &header);
}

void
rig_bye(struct broker_rig *rig, const char *who)
{
    struct message_bye bye = {};
    struct buf header = BUF_EMPTY;
    message_encode_bye(&bye, &header);
    say_and_free(rig, who, &header);
}

/* ---- principals ---- */

void
rig_user(struct broker_rig *rig, uint8_t n)
{
    uint8_t key[ACCESS_KEY_SIZE];
    memset(key, n, sizeof(key));
    rig->user[0] = '\0';
    if (n != 0) {
        access_key_format(key, rig->user);
    }
}

static void
principal_pack(const struct rig_principal *p, struct buf *rows)
{
    static const uint8_t id[16];
    struct slice acts_for = slice_text(p->acts_for == NULL ? "" : p->acts_for);
    struct buf body = BUF_EMPTY;
    struct access_entry entry = {
        .principal = slice_text(p->principal),
        .roles = p->roles,
        .acts_for_count = p->acts_for != NULL,
        .acts_for = &acts_for,
    };
    for (int i = 0; i < ACCESS_KEYS_MAX && p->keys[i] != 0; i++) {
        memset(entry.keys[entry.key_count++], p->keys[i], ACCESS_KEY_SIZE);
    }
    access_encode(&entry, id, &body);
    pack_bytes(rows, buf_slice_of(&body));
    buf_fini(&body);
}

void
rig_tell_access(struct broker_rig *rig, const char *who, uint64_t revision, uint64_t page,
                bool last, const struct rig_principal *principals, uint32_t count)
{
    struct buf rows = BUF_EMPTY, header = BUF_EMPTY;
    pack_array(&rows, count);
    for (uint32_t i = 0; i < count; i++) {
        principal_pack(&principals[i], &rows);
    }
    struct message_access access = {revision, page, last, buf_slice_of(&rows)};
    message_encode_access(&access, &header);
    say_and_free(rig, who, &header);
    buf_fini(&rows);
}
