#include "clients/approval.h"

#include "clients/results.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/period.h"
#include "common/text.h"

#include <sysexits.h>

static int
refused(enum code code, struct slice subject, struct slice detail)
{
    struct complaint why;
    complain(&why, code, subject, "%.*s", SLICE_ARG(detail));
    say_complaint(NULL, &why);
    return EX_USAGE;
}

static int
reason_fill(const char *text, struct arena *arena, struct slice *reason)
{
    struct slice given = slice_text(text);
    given = text_is_utf8(given) ? text_nfc(arena, given) : given;
    if (!text_is_clean(given) || given.len > REASON_MAX) {
        return say_code(EX_USAGE,
                        tr("--reason: phải là văn bản UTF-8, tối đa %d byte.",
                           "--reason: must be UTF-8 text of at most %d bytes."),
                        REASON_MAX);
    }
    *reason = given;
    return 0;
}

int
approval_fill(const struct options *o, const char *unit, const char *period, const char *reason,
              struct arena *arena, struct record_approval *record)
{
    struct period parsed;
    *record = (struct record_approval){
        .campaign = o->campaign == NULL ? slice_of(NULL, 0) : slice_text(o->campaign),
        .reopen = reason != NULL,
        .unit = slice_text(unit),
        .period = slice_text(period),
    };
    if (!code_is_valid(record->unit)) {
        return refused(CODE_CODE_INVALID, slice_text("unit"), record->unit);
    }
    if (o->campaign != NULL && !code_is_valid(record->campaign)) {
        return refused(CODE_CODE_INVALID, slice_text("campaign"), record->campaign);
    }
    if (period_parse(record->period, &parsed) != ERR_OK) {
        return refused(CODE_PERIOD_INVALID, record->period, record->period);
    }
    return reason == NULL ? 0 : reason_fill(reason, arena, &record->reason);
}

/* Each has a ULID of its own: a ULID counts once. */
static void
submit_one(struct outcomes *outcomes, struct results *results, struct record_approval record,
           const char *unit)
{
    struct clock clock = clock_real(0);
    struct buf body = BUF_EMPTY;
    uint8_t id[16];
    ulid_new(clock_wall_us(&clock), id);
    record.id = slice_of(id, sizeof id);
    record.unit = slice_text(unit);
    record_encode_approval(&record, &body);
    outcomes_submit(outcomes, record.unit, buf_slice_of(&body), results_expect_unit(results, unit));
    buf_fini(&body);
}

int
approval_send(struct contact *contact, const struct record_approval *record, const json_t *units)
{
    struct outcomes outcomes;
    struct results results;
    size_t i;
    json_t *unit;
    results_begin(&results, contact->options, contact->options->verb, true);
    outcomes_begin(&outcomes, contact, WANT_ALL, results_told, &results);
    json_array_foreach(units, i, unit)
    {
        submit_one(&outcomes, &results, *record, json_string_value(unit));
    }
    outcomes_finish(&outcomes);
    int code = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    return code;
}
