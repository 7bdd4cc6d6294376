/* Invariants: the kept blocks are consecutive; at most one FETCH is out and it asks for `next`;
 * while the intake is not full there is room for one more whole answer. Whether a block is sound
 * and follows the one before is apply's to say: here it is bytes with a number. */
#include "workers/tally/intake.h"

#include "common/check.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/limits.h"

#include <inttypes.h>
#include <stdlib.h>

void
intake_init(struct intake *in, struct link *link, struct clock *clock)
{
    *in = (struct intake){.link = link, .clock = clock, .arena = arena_new()};
    in->blocks = mem_alloc(TALLY_TURN_BLOCKS * sizeof(*in->blocks));
}

void
intake_fini(struct intake *in)
{
    arena_free(&in->arena);
    free(in->blocks);
    *in = (struct intake){0};
}

/* Before the WELCOME, or with the line full, nothing leaves: intake_tick asks again. */
static void
ask(struct intake *in)
{
    struct buf out = BUF_EMPTY;
    struct message_fetch fetch = {
        .from = in->next,
        .max_blocks = TALLY_FETCH_BLOCKS,
        .max_bytes = TALLY_FETCH_BYTES,
    };
    message_encode_fetch(&fetch, &out);
    enum err err = link_send(in->link, buf_slice_of(&out));
    if (err != ERR_OK) {
        log_warn("fetch_unsent", "from=%" PRIu64 " error=%s", in->next, err_name(err));
    }
    in->asked_ms = clock_mono_ms(in->clock);
    buf_fini(&out);
}

void
intake_clear(struct intake *in)
{
    arena_reset(in->arena);
    in->count = 0;
    in->bytes = 0;
}

void
intake_restart(struct intake *in, uint64_t from)
{
    intake_clear(in);
    in->next = from;
    ask(in);
}

bool
intake_full(const struct intake *in)
{
    return in->bytes >= TALLY_TURN_BYTES || in->count > TALLY_TURN_BLOCKS - TALLY_FETCH_BLOCKS;
}

bool
intake_behind(const struct intake *in)
{
    return in->next <= in->head;
}

void
intake_tick(struct intake *in)
{
    if (clock_mono_ms(in->clock) - in->asked_ms >= TALLY_FETCH_AGAIN_MS) {
        ask(in);
    }
}

static void
keep(struct intake *in, struct slice block)
{
    in->blocks[in->count++] = arena_copy(in->arena, block);
    in->bytes += block.len;
    in->next++;
}

bool
intake_take(struct intake *in, const struct frames *frames)
{
    struct message_blocks blocks;
    struct complaint why;
    CHECK(!intake_full(in));
    if (!layout_decode(message_layout(MESSAGE_blocks), frames_slice(frames, 0), &blocks, &why)) {
        log_warn("blocks_unreadable", "code=%s subject=\"%s\"", code_text(why.code), why.subject);
        return false;
    }
    /* Not the next ones: the answer to a FETCH that a later one replaced, and theirs will come. */
    if (blocks.first != in->next || blocks.count == 0 || blocks.count > TALLY_FETCH_BLOCKS ||
        blocks.count != frames->count - 1) {
        log_debug("blocks_unasked", "first=%" PRIu64 " next=%" PRIu64, blocks.first, in->next);
        return false;
    }
    in->head = blocks.head;
    for (uint32_t i = 1; i < frames->count; i++) {
        keep(in, frames_slice(frames, i));
    }
    ask(in);
    return true;
}
