/* What the submitters send: few units and days, so that records meet; values that follow from the key and
 * the revision, so that the same revision mostly says the same; now and then what no form would send. */
#include "common/check.h"
#include "common/period.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "tests/sim/sim.h"

#define HUGE_VALUE 4611686018427387904 /* two of them do not fit 64 bits */

/* A report on its way. */
struct made {
    const char *form, *unit, *source;
    char period[PERIOD_TEXT];
    uint64_t revision;
    bool bad;
};

static const char *const COMMUNES[] = {"w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"};
static const char *const DISTRICTS[] = {"d0", "d1"};

static struct slice
text_pick(struct rng *r, const char *const *words, int64_t n)
{
    return slice_text(words[rng_between(r, 0, n - 1)]);
}

struct slice
load_ulid(struct sim *s)
{
    uint8_t *id = arena_alloc(s->arena, 16);
    for (int i = 0; i < 16; i++) {
        id[i] = (uint8_t)rng_next(&s->load_rng);
    }
    return slice_of(id, 16);
}

/* Mostly of the last days; sometimes one that has not begun, or is long over. */
static int32_t
day_pick(struct sim *s)
{
    struct rng *r = &s->load_rng;
    int32_t today = day_of_time(broker_wall_us(s), 7 * 60);
    if (rng_chance(r, 1, 25)) {
        return today + (int32_t)rng_between(r, 1, 9);
    }
    if (rng_chance(r, 1, 25)) {
        return today - (int32_t)rng_between(r, 20, 400);
    }
    return today - (int32_t)rng_between(r, 0, 8);
}

static void
place_pick(struct sim *s, struct made *m)
{
    struct rng *r = &s->load_rng;
    int64_t kind = rng_between(r, 0, 9);
    enum granularity gran = kind < 6 ? GRAN_DAY : kind < 8 ? GRAN_WEEK : GRAN_MONTH;
    m->form = gran == GRAN_DAY ? "daily" : gran == GRAN_WEEK ? "weekly" : "monthly";
    m->unit = gran == GRAN_MONTH ? DISTRICTS[rng_between(r, 0, 1)] : COMMUNES[rng_between(r, 0, 7)];
    m->source = gran == GRAN_DAY && rng_chance(r, 1, 3) ? "health" : "";
    m->revision = (uint64_t)rng_between(r, 1, 6);
    period_format(period_of_day(gran, day_pick(s)), m->period);
}

/* A record's place or revision that cannot be. */
static void
place_spoil(struct sim *s, struct made *m)
{
    struct rng *r = &s->load_rng;
    switch (rng_between(r, 0, 6)) {
    case 0:
        m->form = "hourly";
        break;
    case 1:
        m->unit = "nowhere";
        break;
    case 2:
        m->source = "rumour";
        break;
    case 3:
        memcpy(m->period, "2021W60", 8);
        break;
    case 4:
        memcpy(m->period, "2021Q4", 7);
        break;
    case 5:
        m->unit = "city"; /* no form asks it */
        break;
    default:
        m->revision = 0;
        break;
    }
}

/* ---- values ---- */

static const char *const INDICATORS[] = {"doses", "beds", "peak", "low", "temp", "more"};

static void
value_spoil(struct rng *r, struct buf *out)
{
    switch (rng_between(r, 0, 5)) {
    case 0:
        pack_int(out, -1 - rng_between(r, 0, 100));
        break;
    case 1:
        pack_cstr(out, "many");
        break;
    case 2:
        pack_cstr(out, "1.55");
        break;
    case 3:
        pack_bool(out, true);
        break;
    case 4:
        pack_int(out, INT64_MAX);
        break;
    default:
        pack_cstr(out, "99999999999999999999");
        break;
    }
}

static void
value_pack(struct rng *values, const char *indicator, struct buf *out)
{
    if (rng_chance(values, 1, 12)) {
        pack_nil(out);
    } else if (strcmp(indicator, "doses") == 0 && rng_chance(values, 1, 60)) {
        pack_int(out, HUGE_VALUE);
    } else if (strcmp(indicator, "temp") == 0) {
        char text[16];
        snprintf(text, sizeof(text), "%d.%d", (int)rng_between(values, 30, 41),
                 (int)rng_between(values, 0, 9));
        pack_cstr(out, text);
    } else {
        pack_int(out, rng_between(values, 0, strcmp(indicator, "low") == 0 ? 5 : 40));
    }
}

/* `values` decides them: the same for the same key and revision, but for one time in eight. */
static void
values_pack(struct sim *s, const struct made *m, bool merge, struct buf *out)
{
    struct rng values =
        rng_stream(slice_text(m->unit).data[1] * 31u + slice_text(m->period).data[7], m->revision);
    if (merge || rng_chance(&s->load_rng, 1, 8)) {
        values = s->load_rng;
        rng_next(&s->load_rng);
    }
    const char *names[8];
    uint32_t n = 0;
    /* Only the daily form has all; the others know the first two. */
    uint32_t known = strcmp(m->form, "daily") == 0 ? 6 : 2;
    for (uint32_t i = 0; i < known; i++) {
        bool rare = i == 5; /* in some revisions of the campaign only */
        if (rng_chance(&values, rare ? 1 : merge ? 3 : 9, 10)) {
            names[n++] = INDICATORS[i];
        }
    }
    uint32_t spoilt = UINT32_MAX;
    if (m->bad && n > 0) {
        spoilt = (uint32_t)rng_between(&s->load_rng, 0, n - 1);
        if (rng_chance(&s->load_rng, 1, 4)) {
            names[n++] = rng_chance(&s->load_rng, 1, 2) ? "height" : names[0];
        }
    }
    pack_map(out, n);
    for (uint32_t i = 0; i < n; i++) {
        pack_cstr(out, names[i]);
        if (i == spoilt) {
            value_spoil(&s->load_rng, out);
        } else {
            value_pack(&values, names[i], out);
        }
    }
}

/* ---- records ---- */

static struct slice
report_make(struct sim *s, const struct made *m, bool merge)
{
    struct buf values = BUF_EMPTY, body = BUF_EMPTY;
    values_pack(s, m, merge, &values);
    struct record_report in = {
        .form = slice_text(m->form),
        .unit = slice_text(m->unit),
        .period = slice_text(m->period),
        .source = slice_text(m->source),
        .revision = merge ? 0 : m->revision,
        .merge = merge,
        .id = merge ? load_ulid(s) : slice_of(NULL, 0),
        .values = buf_slice_of(&values),
    };
    record_encode_report(&in, &body);
    struct slice copy = arena_copy(s->arena, buf_slice_of(&body));
    buf_fini(&values);
    buf_fini(&body);
    return copy;
}

static struct slice
withdrawal_make(struct sim *s, const struct made *m)
{
    struct buf body = BUF_EMPTY;
    struct record_withdrawal in = {
        .form = slice_text(m->form),
        .unit = slice_text(m->unit),
        .period = slice_text(m->period),
        .source = slice_text(m->source),
        .revision = m->revision,
    };
    record_encode_withdrawal(&in, &body);
    struct slice copy = arena_copy(s->arena, buf_slice_of(&body));
    buf_fini(&body);
    return copy;
}

/* Bytes that are no record, or half of one, or one of a type that nobody knows. */
static struct slice
garbage_make(struct sim *s, struct slice body)
{
    struct rng *r = &s->load_rng;
    int64_t kind = rng_between(r, 0, 2);
    if (kind == 0 && body.len > 1) {
        return slice_of(body.data, (size_t)rng_between(r, 1, (int64_t)body.len - 1));
    }
    size_t len = (size_t)rng_between(r, 0, 40);
    uint8_t *bytes = arena_alloc(s->arena, len + 8);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)rng_next(r);
    }
    if (kind == 1) {
        memcpy(bytes, "\x82\x00\x63\x01\x01", 5); /* type 99 */
        return slice_of(bytes, 5);
    }
    return slice_of(bytes, len);
}

static bool
again_make(struct sim *s, struct slice *unit, struct slice *body)
{
    if (s->sent_count == 0) {
        return false;
    }
    const struct sent *old = &s->sent[rng_between(&s->load_rng, 0, s->sent_count - 1)];
    if (old->submitter >= SIM_SUBMITTERS_MAX) {
        return false; /* an outbox's: nobody else has it, and its order is looked at */
    }
    *unit = old->unit;
    *body = old->body;
    if (rng_chance(&s->load_rng, 1, 30)) {
        *unit = text_pick(&s->load_rng, COMMUNES, 8); /* the same, in another unit's envelope */
    }
    sim_count(SENT_again);
    return true;
}

static void
record_make(struct sim *s, struct slice *unit, struct slice *body)
{
    struct rng *r = &s->load_rng;
    struct made m = {0};
    int64_t kind = rng_between(r, 0, 99);
    place_pick(s, &m);
    m.bad = rng_chance(r, 1, 10);
    if (m.bad && rng_chance(r, 1, 2)) {
        place_spoil(s, &m);
    }
    *unit = slice_text(m.unit);
    if (kind < 12) {
        *body = withdrawal_make(s, &m);
        sim_count(SENT_withdrawal);
    } else if (kind < 30) {
        *body = report_make(s, &m, true);
        sim_count(SENT_merge);
    } else {
        *body = report_make(s, &m, false);
        sim_count(m.bad ? SENT_bad : SENT_report);
    }
    if (rng_chance(r, 1, 40)) {
        *body = garbage_make(s, *body);
        sim_count(SENT_garbage);
    }
    if (rng_chance(r, 1, 60)) {
        *unit = rng_chance(r, 1, 3) ? slice_text("") : text_pick(r, COMMUNES, 8);
    }
}

void
load_outbox(struct sim *s, uint64_t revision, struct slice *unit, struct slice *body)
{
    struct made m = {0};
    bool merge = rng_chance(&s->load_rng, 1, 3);
    place_pick(s, &m);
    m.revision = revision;
    *unit = slice_text(m.unit);
    *body = report_make(s, &m, merge);
}

uint32_t
load_first(const struct sim *s)
{
    return s->has_offices ? 1 + s->submitter_count : 2;
}

bool
load_next(struct sim *s, struct slice *unit, struct slice *body)
{
    if (s->load_left == 0) {
        return false;
    }
    s->load_left--;
    *unit = slice_text("");
    if (s->sent_count == 0 || rng_chance(&s->load_rng, 1, 90)) {
        *body = load_units(s);
        sim_count(SENT_units);
    } else if (s->sent_count == 1 || rng_chance(&s->load_rng, 1, 70)) {
        *body = load_campaign(s);
        sim_count(SENT_campaign);
    } else if (s->sent_count < load_first(s)) {
        *body = load_access_plain(s, s->sent_count - 1);
        sim_count(SENT_access);
    } else if (s->has_offices && !s->healing && rng_chance(&s->load_rng, 1, 25)) {
        *body = load_access(s, (uint32_t)rng_between(&s->load_rng, 1, s->submitter_count - 1));
        sim_count(SENT_access);
    } else if (!rng_chance(&s->load_rng, 1, 7) || !again_make(s, unit, body)) {
        record_make(s, unit, body);
    }
    return true;
}
