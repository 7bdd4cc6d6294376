/* Any messages from anyone, in any order and at any time, to the broker's core: it never fails, and all
 * that it says is a message. A client, a tally worker and a query worker are there already; the
 * stranger has a key, a gateway's. An input
 * is parts; the control byte of each:
 *     bits 0-1  who says it       bit 2     the turn ends behind it
 *     bits 3-4  time that passes  bits 5-6  frames behind the header       bit 7  a process dies */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/mem.h"
#include "tests/lib/broker_rig.h"

#include <stdlib.h>

#define PARTS_MAX 64

static const char *const WHO[] = {"client", "tally", "query", "stranger"};
static const int64_t TIMES_MS[] = {0, 1, 1100, 6000};

static const struct rig_principal GATEWAY = {"gateway", ACCESS_BIT(ACCESS_GATEWAY), {1}, "*"};

static void
said_check(const struct broker_rig *rig)
{
    for (uint32_t i = 0; i < rig->told_count; i++) {
        const struct told_message *told = &rig->told[i];
        uint64_t type = 0;
        struct complaint why;
        CHECK(layout_peek(buf_slice_of(&told->header), &type) && message_layout(type) != NULL);
        void *message = mem_alloc(message_layout(type)->size + 1);
        CHECK(layout_decode(message_layout(type), buf_slice_of(&told->header), message, &why));
        CHECK(told->blocks == 0 || type == MESSAGE_blocks);
        free(message);
    }
}

static void
part_say(struct broker_rig *rig, const struct fuzz_part *part)
{
    const struct buf header = {.data = (uint8_t *)part->bytes.data, .len = part->bytes.len};
    if ((part->control & 128) != 0) {
        rig->dead[0] = 100 + (part->control & 3);
    }
    rig_user(rig, (part->control & 3) == 3 ? 1 : 0);
    rig_say_frames(rig, WHO[part->control & 3], &header, 1u + (part->control >> 5 & 3));
    rig_advance(rig, TIMES_MS[part->control >> 3 & 3]);
    if ((part->control & 4) != 0) {
        rig_turn(rig);
    }
}

void
fuzz_broker(struct slice in)
{
    struct fuzz_part part;
    struct broker_rig *rig = rig_new();
    rig->settings.sessions = 3;
    rig_start(rig);
    rig_client(rig, WHO[0]);
    rig_worker(rig, WHO[1], ROLE_TALLY, 101);
    rig_worker(rig, WHO[2], ROLE_QUERY, 102);
    rig_tell_access(rig, WHO[1], 0, 0, true, &GATEWAY, 1);
    for (int i = 0; i < PARTS_MAX && fuzz_part_next(&in, &part); i++) {
        part_say(rig, &part);
    }
    rig_turn(rig);
    rig_advance(rig, 60000);
    rig_turn(rig);
    CHECK(broker_wait_ms(rig->broker) <= 3600000);
    said_check(rig);
    rig_free(&rig);
}
