#include "workers/query/snapshot.h"

#include "common/log.h"
#include "common/mem.h"

#include <stdlib.h>
#include <sysexits.h>

void
snapshot_need(enum err err, const char *what)
{
    if (err != ERR_OK) {
        log_error("state_unreadable", "what=%s error=%s", what, err_name(err));
        exit(EX_IOERR);
    }
}

bool
snapshot_found(enum err err, const char *what)
{
    if (err == ERR_NOT_FOUND) {
        return false;
    }
    snapshot_need(err, what);
    return true;
}

/* A state that its worker has not shaped yet, or that another version made and a replay will
 * replace. */
static bool
read_position(struct query *q, uint32_t shard)
{
    struct slice value;
    struct shape shape;
    if (!snapshot_found(state_get(q->states[shard], TABLE_META, META_SHAPE, &value), "shape")) {
        return false;
    }
    if (shape_decode(value, &shape) != ERR_OK || shape.version != STATE_VERSION ||
        shape.shard != shard || shape.shards != q->shards) {
        return false;
    }
    q->positions[shard] = (struct position){0};
    if (snapshot_found(state_get(q->states[shard], TABLE_META, META_POSITION, &value),
                       "position")) {
        snapshot_need(position_decode(value, &q->positions[shard]), "position");
    }
    if (q->positions[shard].block < q->positions[q->lowest].block) {
        q->lowest = shard;
    }
    return true;
}

static int
compare_codes(const void *a, const void *b, void *units)
{
    const struct registry_unit *u = units;
    return slice_compare(u[*(const uint32_t *)a].code, u[*(const uint32_t *)b].code);
}

static void
refresh_registry(struct query *q)
{
    struct registry *r = &q->registry;
    if (q->registry_loaded && r->revision == q->positions[0].registry_revision) {
        return;
    }
    snapshot_need(registry_load(r, q->states[0]), "registry");
    q->registry_loaded = true;
    free(q->by_code);
    q->by_code = mem_alloc(sizeof *q->by_code * (r->unit_count + 1));
    for (uint32_t i = 0; i < r->unit_count; i++) {
        q->by_code[i] = i;
    }
    qsort_r(q->by_code, r->unit_count, sizeof *q->by_code, compare_codes, r->units);
}

static void
refresh_principals(struct query *q)
{
    uint64_t revision = q->positions[0].access_revision;
    if (q->principals == NULL || q->principals_revision != revision) {
        snapshot_need(principals_load(&q->principals, q->states[0]), "access");
        q->principals_revision = revision;
    }
}

static void
end_first(struct query *q, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        state_abort(q->states[i]);
    }
}

bool
snapshot_begin(struct query *q, struct complaint *why)
{
    q->lowest = 0;
    for (uint32_t i = 0; i < q->shards; i++) {
        if (q->states[i] == NULL) {
            end_first(q, i);
            return complain(why, CODE_NOT_READY, slice_text(""), "%u", i);
        }
        snapshot_need(state_begin(q->states[i], false), "snapshot");
        if (!read_position(q, i)) {
            end_first(q, i + 1);
            return complain(why, CODE_NOT_READY, slice_text(""), "%u", i);
        }
    }
    refresh_registry(q);
    refresh_principals(q);
    return true;
}

void
snapshot_end(struct query *q)
{
    end_first(q, q->shards);
}

int32_t
snapshot_day(const struct query *q, const struct campaign *campaign)
{
    int32_t offset = 0;
    if (campaign != NULL) {
        offset = campaign->utc_offset_minutes;
    } else if (q->registry.campaign_count > 0) {
        offset = q->registry.campaigns[0].campaign.utc_offset_minutes;
    }
    int32_t day = day_of_time(q->positions[q->lowest].time_us, offset);
    return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : day;
}

uint32_t
snapshot_shard(const struct query *q, struct slice unit)
{
    return shard_of_unit(unit, q->shards);
}
