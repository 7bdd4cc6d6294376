/* The review queue of a large city: 100,000 nominations in every state, of 630 units and seven awards, in
 * LMDB on this disk, asked by the query worker's own core without the way there and back. Each
 * question is asked for its first page, filtered one way and all ways, by who sees all, one district
 * and one ward. Processor time, since the machine may be shared. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "proto/access.h"
#include "proto/campaign.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "proto/review.h"
#include "proto/units.h"
#include "tests/lib/access_words.h"
#include "tests/lib/tempdir.h"
#include "workers/query/query.h"
#include "workers/state/state.h"
#include "workers/tally/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NOMINATIONS 100000
#define DISTRICTS 30
#define WARDS 600
#define DAYS 60
#define ASKED 200 /* times: the 99th percentile is told */
#define DAY_US INT64_C(86400000000)

struct queue {
    struct state *state;
    struct apply *apply;
    struct query *query;
    struct block_builder block;
    struct arena *arena;
    struct buf body;
    uint64_t number, ulids;
    uint8_t chain[BLOCK_CHAIN_SIZE];
};

static double
processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct slice
code_of(struct queue *q, char kind, uint32_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%c%05u", kind, number);
    return arena_copy(q->arena, slice_text(text));
}

/* Of a nomination: made on its day, so that identities grow as time does. Of a record: any. */
static struct slice
identity(struct queue *q, uint64_t hi, uint64_t lo)
{
    uint8_t *id = arena_alloc(q->arena, 16);
    for (int i = 0; i < 8; i++) {
        id[i] = (uint8_t)(hi >> (56 - 8 * i));
        id[8 + i] = (uint8_t)(lo >> (56 - 8 * i));
    }
    return slice_of(id, 16);
}

static struct slice
nomination_id(struct queue *q, uint32_t n)
{
    return identity(q, UINT64_C(0x017c000000000000) + ((uint64_t)n << 20), n);
}

static struct slice
record_id(struct queue *q)
{
    return identity(q, 1, ++q->ulids);
}

static void
add(struct queue *q, struct slice unit)
{
    CHECK(block_add(&q->block, slice_text(PRINCIPAL_LOCAL), unit, buf_slice_of(&q->body)));
    buf_clear(&q->body);
}

/* The block at noon of a day from September 2021 on, applied. */
static void
commit(struct queue *q, uint32_t day)
{
    int32_t first = 0;
    struct block block;
    CHECK(date_parse(slice_text("2021-09-01"), &first) == ERR_OK);
    int64_t time_us = (first + (int32_t)day) * DAY_US + DAY_US / 4;
    block_finish(&q->block, ++q->number, time_us, time_us, q->chain);
    struct slice bytes = buf_slice_of(&q->block.bytes);
    CHECK(apply_blocks(q->apply, &bytes, 1) == ERR_OK);
    CHECK(block_open(bytes, &block) == ERR_OK);
    memcpy(q->chain, block.chain, sizeof q->chain);
    block_builder_fini(&q->block);
    block_begin(&q->block, 1, 1, q->number + 1);
    arena_reset(q->arena);
}

/* ---- who and what there is ---- */

static struct unit_row
unit_of(struct slice code, const char *level, struct slice parent)
{
    return (struct unit_row){
        .code = code, .name = code, .level = slice_text(level), .parent = parent, .to = DAY_MAX};
}

static void
units_add(struct queue *q)
{
    struct units units = {ARENA_ARRAY(q->arena, struct unit_row, 1 + DISTRICTS + WARDS), 0};
    struct buf rows = BUF_EMPTY;
    struct slice city = slice_text("city");
    units.rows[units.count++] = unit_of(city, "city", slice_text(""));
    for (uint32_t i = 0; i < DISTRICTS; i++) {
        units.rows[units.count++] = unit_of(code_of(q, 'd', i), "district", city);
    }
    for (uint32_t i = 0; i < WARDS; i++) {
        units.rows[units.count++] =
            unit_of(code_of(q, 'w', i), "commune", code_of(q, 'd', i % DISTRICTS));
    }
    units_encode(&units, &rows);
    struct record_units record = {.id = record_id(q), .rows = buf_slice_of(&rows)};
    record_encode_units(&record, &q->body);
    buf_fini(&rows);
    add(q, slice_text(""));
}

static const struct award AWARDS[] = {
    {.code = {(const uint8_t *)"commune", 7}, .level = AWARD_COMMUNE},
    {.code = {(const uint8_t *)"commune2", 8}, .level = AWARD_COMMUNE, .quota = 50000},
    {.code = {(const uint8_t *)"district", 8}, .level = AWARD_DISTRICT},
    {.code = {(const uint8_t *)"district2", 9}, .level = AWARD_DISTRICT, .quota = 50000},
    {.code = {(const uint8_t *)"city", 4}, .level = AWARD_CITY},
    {.code = {(const uint8_t *)"city2", 5}, .level = AWARD_CITY, .quota = 50000},
    {.code = {(const uint8_t *)"minister", 8}, .level = AWARD_PRIME_MINISTER},
};
#define AWARD_COUNT (sizeof AWARDS / sizeof AWARDS[0])

static void
campaign_add(struct queue *q)
{
    struct title title = {slice_text("Khen thưởng"), slice_text("Award")};
    struct theme theme = {.code = slice_text("t"), .title = title};
    struct slice codes[] = {slice_text("i")}, levels[] = {slice_text("commune")};
    struct indicator indicator = {.code = codes[0],
                                  .theme_code = theme.code,
                                  .title = title,
                                  .type = TYPE_INTEGER,
                                  .over_time = OVER_SUM,
                                  .over_units = OVER_SUM};
    struct form form = {.code = slice_text("f"),
                        .title = title,
                        .period = GRAN_DAY,
                        .levels = {.codes = levels, .count = 1},
                        .indicators = {.codes = codes, .count = 1},
                        .expires = -1};
    struct award awards[AWARD_COUNT];
    struct buf packed = BUF_EMPTY;
    for (size_t i = 0; i < AWARD_COUNT; i++) {
        awards[i] = AWARDS[i];
        awards[i].title = title;
        awards[i].subjects = FOR_COLLECTIVE;
    }
    struct campaign campaign = {
        .code = slice_text("bench"),
        .title = title,
        .from = DAY_MIN,
        .to = DAY_MAX,
        .themes = &theme,
        .theme_count = 1,
        .indicators = &indicator,
        .indicator_count = 1,
        .forms = &form,
        .form_count = 1,
        .awards = awards,
        .award_count = AWARD_COUNT,
        .stages =
            {.submitted = 30, .verified = 20, .consulting = 10, .returned = 15, .approved = 5},
    };
    campaign_encode(&campaign, &packed);
    struct record_campaign record = {
        .campaign = campaign.code, .id = record_id(q), .body = buf_slice_of(&packed)};
    record_encode_campaign(&record, &q->body);
    buf_fini(&packed);
    add(q, slice_text(""));
}

static void
people_add(struct queue *q)
{
    static const char *const people[] = {"all roles=secretary units=city+",
                                         "district roles=secretary units=d00003+",
                                         "ward roles=submitter units=w00033"};
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        access_words(people[i], record_id(q).data, &q->body);
        add(q, slice_text(""));
    }
}

/* ---- nominations ---- */

/* Most by wards, some by districts and the city: each hands on what is above it. */
static struct slice
proposer(struct queue *q, uint32_t n)
{
    return n % 29 == 0  ? slice_text("city")
           : n % 7 == 0 ? code_of(q, 'd', n % DISTRICTS)
                        : code_of(q, 'w', n % WARDS);
}

static struct slice
award_of(uint32_t n)
{
    uint32_t own = n % 29 == 0 ? 4 : n % 7 == 0 ? 2 : 0;
    bool above = n % 10 < 6 && n % 3 == 0;
    return AWARDS[above ? AWARD_COUNT - 1 : own + n / 10 % 2].code;
}

static void
review_add(struct queue *q, uint32_t n, enum review_act act, const char *unit)
{
    struct record_review in = {.nomination = nomination_id(q, n),
                               .act = act,
                               .id = record_id(q),
                               .unit = slice_text(unit),
                               .reason = slice_text("r")};
    record_encode_review(&in, &q->body);
    add(q, slice_text(""));
}

static void
decision_add(struct queue *q, uint32_t n)
{
    struct record_decision in = {.nomination = nomination_id(q, n),
                                 .outcome = OUTCOME_DECIDED,
                                 .number = slice_text("1/QĐ"),
                                 .date = slice_text("2021-09-02"),
                                 .id = record_id(q)};
    record_encode_decision(&in, &q->body);
    add(q, slice_text(""));
}

/* Of ten: four submitted, two verified (a third of those handed on), one consulting, one returned,
 * one approved, one decided. */
static void
nomination_add(struct queue *q, uint32_t n)
{
    char subject[64];
    unsigned state = n % 10;
    snprintf(subject, sizeof subject, "Tổ COVID cộng đồng số %u", n % 5000);
    struct record_nomination in = {.nomination = nomination_id(q, n),
                                   .unit = proposer(q, n),
                                   .award = award_of(n),
                                   .kind = SUBJECT_COLLECTIVE,
                                   .subject = slice_text(subject),
                                   .summary = slice_text("Giúp 210 hộ trong mười ngày."),
                                   .id = record_id(q)};
    record_encode_nomination(&in, &q->body);
    add(q, in.unit);
    if (state == 7) {
        review_add(q, n, REVIEW_send_back, "");
    } else if (state >= 4) {
        review_add(q, n, REVIEW_verify, "");
    }
    if (state == 4) {
        review_add(q, n, REVIEW_forward, "");
    } else if (state == 6) {
        review_add(q, n, REVIEW_consult, "d00003");
    } else if (state >= 8) {
        review_add(q, n, REVIEW_approve, "");
    }
    if (state == 9) {
        decision_add(q, n);
    }
}

static void
queue_open(struct queue *q, const char *folder)
{
    *q = (struct queue){.arena = arena_new()};
    CHECK(state_lmdb_open(folder, STATE_WRITE, &q->state) == ERR_OK);
    CHECK(apply_new(q->state, 0, 1, &q->apply) == ERR_OK);
    block_begin(&q->block, 1, 1, 1);
    units_add(q);
    campaign_add(q);
    people_add(q);
    commit(q, 0);
    for (uint32_t n = 0; n < NOMINATIONS; n++) {
        nomination_add(q, n);
        if (n % 500 == 499) {
            commit(q, (uint32_t)((uint64_t)n * DAYS / NOMINATIONS));
        }
    }
    q->query = query_new(&q->state, 1);
}

static void
queue_close(struct queue *q)
{
    query_free(&q->query);
    block_builder_fini(&q->block);
    apply_free(&q->apply);
    state_free(&q->state);
    buf_fini(&q->body);
    arena_free(&q->arena);
}

/* ---- questions ---- */

/* `words`: "state=submitted unit=d00003 done". */
static void
args_pack(const char *words, struct buf *args)
{
    struct buf pairs = BUF_EMPTY;
    char text[200], *rest = NULL;
    uint32_t count = 0;
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest), count++) {
        char *value = strchr(word, '=');
        if (value == NULL) {
            pack_key_bool(&pairs, word, true);
        } else if (*value = '\0', strcmp(word, "limit") == 0) {
            pack_key_uint(&pairs, word, strtoul(value + 1, NULL, 10));
        } else {
            pack_key_text(&pairs, word, slice_text(value + 1));
        }
    }
    pack_map(args, count);
    pack_raw(args, buf_slice_of(&pairs));
    buf_fini(&pairs);
}

/* Who asks what, and how the figure is called. */
static const struct asked {
    const char *who, *words, *name;
} QUESTIONS[] = {
    {PRINCIPAL_LOCAL, "", "all"},
    {PRINCIPAL_LOCAL, "done", "with those that are done"},
    {PRINCIPAL_LOCAL, "state=submitted", "by state"},
    {PRINCIPAL_LOCAL, "level=city", "by level"},
    {PRINCIPAL_LOCAL, "unit=d00003", "by unit, a district"},
    {PRINCIPAL_LOCAL, "unit=w00033", "by unit, a ward"},
    {PRINCIPAL_LOCAL, "award=city2", "by award"},
    {PRINCIPAL_LOCAL, "award=none", "by award, none has it"},
    {PRINCIPAL_LOCAL, "deadline=2021-10-05", "by deadline"},
    {PRINCIPAL_LOCAL,
     "state=submitted level=prime-minister unit=d00003 award=minister deadline=2021-11-20",
     "by all of these"},
    {PRINCIPAL_LOCAL, "find=so.4711", "by name, 20 have it"},
    {PRINCIPAL_LOCAL, "find=to.covid", "by name, all have it"},
    {PRINCIPAL_LOCAL, "limit=1000", "a page of 1,000"},
    {"all", "mine", "the city's secretary, what is mine"},
    {"district", "", "a district's secretary, all"},
    {"district", "mine", "a district's secretary, what is mine"},
    {"ward", "", "a ward's clerk, all"},
    {"ward", "mine", "a ward's clerk, what is mine"},
    {"ward", "find=to.covid", "a ward's clerk, by name, all have it"},
};

static void
ask(struct figures *f, struct queue *q, const struct asked *asked)
{
    static double took[ASKED];
    char name[80];
    struct buf args = BUF_EMPTY, body = BUF_EMPTY;
    struct complaint why = {0};
    uint64_t as_of;
    args_pack(asked->words, &args);
    const struct question question = {slice_text(asked->who), slice_text("review.list"),
                                      buf_slice_of(&args)};
    for (int i = 0; i < ASKED; i++) {
        double start = processor_s();
        CHECK(query_answer(q->query, &question, &body, &as_of, &why));
        took[i] = processor_s() - start;
    }
    snprintf(name, sizeof name, "review: %s", asked->name);
    figure_add_times(f, name, took, ASKED);
    buf_fini(&args);
    buf_fini(&body);
}

/* All rows of the queue, read and let go: what any answer without an order of its own would cost. */
static void
floor_scan(struct figures *f, struct queue *q)
{
    static double took[ASKED];
    for (int i = 0; i < ASKED; i++) {
        struct state_cursor *cursor;
        struct state_row row;
        uint32_t rows = 0;
        double start = processor_s();
        CHECK(state_begin(q->state, false) == ERR_OK);
        CHECK(state_cursor_open(q->state, TABLE_QUEUE, &cursor) == ERR_OK);
        while (cursor_next(cursor, &row) == ERR_OK) {
            rows += row.value.len > 0;
        }
        cursor_close(cursor);
        state_abort(q->state);
        took[i] = processor_s() - start;
        CHECK(rows == NOMINATIONS);
    }
    figure_add_times(f, "review: floor, all rows of the queue read", took, ASKED);
}

void
mode_review(struct figures *f)
{
    struct queue q;
    char *folder = tempdir_new();
    queue_open(&q, folder);
    floor_scan(f, &q);
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        ask(f, &q, &QUESTIONS[i]);
    }
    queue_close(&q);
    tempdir_free(folder);
}
