/* The note is written before the record is looked at and emptied behind the last of a block, so that
 * a death in a commit, or between messages, accuses nobody. */
#include "workers/tally/care.h"

#include "common/log.h"

#include <inttypes.h>

enum err
care_open(struct care *care, const struct care_options *options)
{
    *care = (struct care){0};
    if (options == NULL) {
        return ERR_OK;
    }
    care->hook = options->hook;
    care->careful = options->careful;
    return options->note != NULL ? note_open(&care->note, options->note) : ERR_OK;
}

void
care_fini(struct care *care)
{
    note_fini(&care->note);
}

/* Other shards' records are noted too, for their type is read; the hook is for what is applied. */
static void
on_record(void *context, struct receipt receipt, struct slice unit)
{
    const struct care *care = context;
    note_set(&care->note, receipt_number(receipt));
    if (receipt.block != 0 && shard_of_unit(unit, care->shards) == care->shard) {
        hook_try(&care->hook, unit);
    }
}

void
care_watch(struct care *care, struct apply *apply, uint32_t shard, uint32_t shards)
{
    care->shard = shard;
    care->shards = shards;
    apply_watch(apply, on_record, care);
}

enum err
care_apply(struct care *care, struct apply *apply, const struct intake *in)
{
    if (!care->careful) {
        return apply_blocks(apply, in->blocks, in->count);
    }
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < in->count && err == ERR_OK; i++) {
        err = apply_blocks(apply, &in->blocks[i], 1);
    }
    if (err == ERR_OK && apply_position(apply)->block >= in->head) {
        log_info("careful_ends", "shard=%" PRIu32 " block=%" PRIu64, care->shard,
                 apply_position(apply)->block);
        care->careful = false;
    }
    return err;
}
