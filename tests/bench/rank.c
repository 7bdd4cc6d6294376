/* Questions over a whole city: 10,000 communes with 30 indicators each, in LMDB on this disk, asked by
 * the query worker's own core, without the way there and back. Processor time, since the machine
 * may be shared; the floor beside is the bare scan of the same rows. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/file.h"
#include "common/mem.h"
#include "proto/access.h"
#include "proto/campaign.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "proto/units.h"
#include "tests/lib/tempdir.h"
#include "workers/query/query.h"
#include "workers/state/state.h"
#include "workers/tally/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define UNITS 10000
#define DISTRICTS 30
#define INDICATORS 30
#define DAYS 2
#define ASKED 20 /* times: the median is told */
#define DAY_US INT64_C(86400000000)

struct city {
    struct state *state;
    struct apply *apply;
    struct query *query;
    struct block_builder block;
    uint64_t number, revision;
    uint8_t chain[BLOCK_CHAIN_SIZE];
    struct arena *arena;
};

static double
processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct slice
code_of(struct city *c, char kind, uint32_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%c%05u", kind, number);
    return arena_copy(c->arena, slice_text(text));
}

/* ---- the city's records ---- */

static void
add(struct city *c, struct slice unit, struct buf *body)
{
    CHECK(block_add(&c->block, slice_text("local"), unit, buf_slice_of(body)));
    buf_clear(body);
}

/* The block at noon of a day of November 2021, applied. */
static void
commit(struct city *c, uint32_t day)
{
    int32_t first = 0;
    struct block block;
    CHECK(date_parse(slice_text("2021-11-01"), &first) == ERR_OK);
    int64_t time_us = (first + (int32_t)day) * DAY_US + DAY_US / 4;
    block_finish(&c->block, ++c->number, time_us, time_us, c->chain);
    struct slice bytes = buf_slice_of(&c->block.bytes);
    CHECK(apply_blocks(c->apply, &bytes, 1) == ERR_OK);
    CHECK(block_open(bytes, &block) == ERR_OK);
    memcpy(c->chain, block.chain, sizeof c->chain);
    block_builder_fini(&c->block);
    block_begin(&c->block, 1, 1, c->number + 1);
}

static void
units_add(struct city *c, struct buf *body)
{
    struct units units = {ARENA_ARRAY(c->arena, struct unit_row, UNITS + DISTRICTS + 1), 0};
    struct buf rows = BUF_EMPTY;
    uint8_t id[16];
    struct slice city = slice_text("city");
    units.rows[units.count++] =
        (struct unit_row){.code = city, .level = city, .name = city, .to = DAY_MAX};
    for (uint32_t i = 0; i < DISTRICTS; i++) {
        struct slice code = code_of(c, 'd', i);
        units.rows[units.count++] = (struct unit_row){.code = code,
                                                      .name = code,
                                                      .parent = city,
                                                      .level = slice_text("district"),
                                                      .to = DAY_MAX};
    }
    for (uint32_t i = 0; i < UNITS; i++) {
        struct slice code = code_of(c, 'w', i);
        units.rows[units.count++] = (struct unit_row){.code = code,
                                                      .name = code,
                                                      .parent = code_of(c, 'd', i % DISTRICTS),
                                                      .level = slice_text("commune"),
                                                      .bloc = slice_text("all"),
                                                      .population = 5000 + i,
                                                      .to = DAY_MAX};
    }
    units_encode(&units, &rows);
    ulid_new((int64_t)++c->revision, id);
    struct record_units record = {.id = slice_of(id, sizeof id), .rows = buf_slice_of(&rows)};
    record_encode_units(&record, body);
    buf_fini(&rows);
    add(c, slice_text(""), body);
}

static struct title
titled(const char *text)
{
    return (struct title){slice_text(text), slice_text(text)};
}

static void
sheet_fill(struct city *c, struct campaign *campaign)
{
    struct slice *codes = ARENA_ARRAY(c->arena, struct slice, INDICATORS);
    for (uint32_t i = 0; i < INDICATORS; i++) {
        codes[i] = code_of(c, 'i', i);
        campaign->indicators[i] = (struct indicator){.code = codes[i],
                                                     .theme_code = slice_text("t"),
                                                     .title = titled("I"),
                                                     .type = TYPE_INTEGER,
                                                     .over_time = OVER_SUM,
                                                     .over_units = OVER_SUM,
                                                     .direction = DIRECTION_UP};
        campaign->scores[i] = (struct score){.code = codes[i],
                                             .title = titled("S"),
                                             .indicator_code = codes[i],
                                             .points = 300,
                                             .method = i % 2 == 0 ? METHOD_RANK : METHOD_LINEAR,
                                             .has_target = i % 2 == 1,
                                             .target = 25000000,
                                             .per = i % 2,
                                             .of = i % 2 ? OF_POPULATION : 0,
                                             .late = 10};
    }
    campaign->forms[0] = (struct form){.code = slice_text("f"),
                                       .title = titled("F"),
                                       .period = GRAN_DAY,
                                       .indicators = {.codes = codes, .count = INDICATORS},
                                       .due = 1,
                                       .expires = -1};
    campaign->forms[0].levels.codes = ARENA_NEW(c->arena, struct slice);
    campaign->forms[0].levels.codes[0] = slice_text("commune");
    campaign->forms[0].levels.count = 1;
}

static void
campaign_add(struct city *c, struct buf *body)
{
    struct theme theme = {.code = slice_text("t"), .title = titled("T")};
    struct buf packed = BUF_EMPTY;
    uint8_t id[16];
    struct campaign campaign = {
        .code = slice_text("bench"),
        .title = titled("B"),
        .from = DAY_MIN,
        .to = DAY_MAX,
        .themes = &theme,
        .theme_count = 1,
        .indicators = ARENA_ARRAY(c->arena, struct indicator, INDICATORS),
        .indicator_count = INDICATORS,
        .forms = ARENA_NEW(c->arena, struct form),
        .form_count = 1,
        .scores = ARENA_ARRAY(c->arena, struct score, INDICATORS),
        .score_count = INDICATORS,
    };
    sheet_fill(c, &campaign);
    campaign_encode(&campaign, &packed);
    ulid_new((int64_t)++c->revision, id);
    struct record_campaign record = {
        .campaign = campaign.code, .id = slice_of(id, sizeof id), .body = buf_slice_of(&packed)};
    record_encode_campaign(&record, body);
    buf_fini(&packed);
    add(c, slice_text(""), body);
}

static void
report_add(struct city *c, uint32_t unit, uint32_t day, struct buf *body)
{
    char period[16];
    struct buf values = BUF_EMPTY;
    struct slice code = code_of(c, 'w', unit);
    snprintf(period, sizeof period, "202111%02u", day + 1);
    pack_map(&values, INDICATORS);
    for (uint32_t i = 0; i < INDICATORS; i++) {
        pack_text(&values, code_of(c, 'i', i));
        pack_uint(&values, (unit * 7919u + i * 104729u + day * 31u) % 100000);
    }
    struct record_report record = {.form = slice_text("f"),
                                   .unit = code,
                                   .period = slice_text(period),
                                   .revision = ++c->revision,
                                   .values = buf_slice_of(&values)};
    record_encode_report(&record, body);
    buf_fini(&values);
    add(c, code, body);
}

static void
city_open(struct city *c, const char *folder)
{
    struct buf body = BUF_EMPTY;
    *c = (struct city){.arena = arena_new()};
    CHECK(state_lmdb_open(folder, STATE_WRITE, &c->state) == ERR_OK);
    CHECK(apply_new(c->state, 0, 1, &c->apply) == ERR_OK);
    block_begin(&c->block, 1, 1, 1);
    units_add(c, &body);
    campaign_add(c, &body);
    commit(c, 0);
    for (uint32_t day = 0; day < DAYS; day++) {
        for (uint32_t unit = 0; unit < UNITS; unit++) {
            report_add(c, unit, day, &body);
            if (unit % 1000 == 999) {
                commit(c, day);
                arena_reset(c->arena);
            }
        }
    }
    c->query = query_new(&c->state, 1);
    buf_fini(&body);
}

static void
city_close(struct city *c)
{
    query_free(&c->query);
    block_builder_fini(&c->block);
    apply_free(&c->apply);
    state_free(&c->state);
    arena_free(&c->arena);
}

/* ---- questions ---- */

static int
double_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
ask(struct figures *f, struct city *c, const char *figure, const char *name, struct slice args)
{
    double took[ASKED];
    const struct question question = {slice_text(PRINCIPAL_LOCAL), slice_text(name), args};
    struct buf body = BUF_EMPTY;
    struct complaint why = {0};
    uint64_t as_of;
    for (int i = 0; i < ASKED; i++) {
        double start = processor_s();
        CHECK(query_answer(c->query, &question, &body, &as_of, &why));
        took[i] = processor_s() - start;
    }
    qsort(took, ASKED, sizeof took[0], double_order);
    figure_add(f, figure, "ms", took[ASKED / 2] * 1e3);
    buf_fini(&body);
}

/* All rows of the year, read and let go. */
static void
floor_scan(struct figures *f, struct city *c)
{
    double took[ASKED];
    for (int i = 0; i < ASKED; i++) {
        struct state_cursor *cursor;
        struct state_row row;
        uint64_t bytes = 0;
        double start = processor_s();
        CHECK(state_begin(c->state, false) == ERR_OK);
        CHECK(state_cursor_open(c->state, TABLE_TALLY, &cursor) == ERR_OK);
        for (uint32_t rows = 0; rows < UNITS && cursor_next(cursor, &row) == ERR_OK; rows++) {
            bytes += row.value.len;
        }
        cursor_close(cursor);
        state_abort(c->state);
        took[i] = processor_s() - start;
        CHECK(bytes > 0);
    }
    qsort(took, ASKED, sizeof took[0], double_order);
    figure_add(f, "rank: floor, as many tally rows read", "ms", took[ASKED / 2] * 1e3);
}

void
mode_rank(struct figures *f)
{
    struct city c;
    struct buf args = BUF_EMPTY;
    char *folder = tempdir_new();
    city_open(&c, folder);
    pack_map(&args, 2);
    pack_key_text(&args, "bloc", slice_text("all"));
    pack_key_text(&args, "period", slice_text("2021"));
    ask(f, &c, "rank: 10,000 units by 30 lines", "rank", buf_slice_of(&args));
    buf_clear(&args);
    pack_map(&args, 2);
    pack_key_text(&args, "unit", slice_text("city"));
    pack_key_text(&args, "period", slice_text("2021"));
    ask(f, &c, "rank: a city's year rolled up, 30 indicators", "tally", buf_slice_of(&args));
    floor_scan(f, &c);
    buf_fini(&args);
    city_close(&c);
    tempdir_free(folder);
}
