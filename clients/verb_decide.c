/* thidua decide and thidua revoke: what the authority decided upon a nomination, and what it took back. */
#include "clients/act.h"
#include "clients/review.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "proto/review.h"

#include <sysexits.h>

static struct slice
given(const char *text)
{
    return slice_text(text == NULL ? "" : text);
}

/* Finds the nomination, has the record made, sends it. */
typedef void encode_fn(const void *record, struct buf *out);

static int
act_on(const struct options *o, uint8_t nomination[ULID_SIZE], const void *record,
       encode_fn *encode)
{
    struct contact contact;
    struct buf body = BUF_EMPTY;
    int code = contact_open(&contact, o);
    if (code != 0) {
        return code;
    }
    code = nomination_find(&contact, o->args[0], nomination, NULL);
    if (code == 0) {
        encode(record, &body);
        code = act_submit(&contact, slice_text(""), buf_slice_of(&body), true);
    }
    buf_fini(&body);
    contact_close(&contact);
    return code;
}

static void
decision_encode(const void *record, struct buf *out)
{
    record_encode_decision(record, out);
}

static void
revocation_encode(const void *record, struct buf *out)
{
    record_encode_revocation(record, out);
}

int
verb_decide(int argc, char **argv)
{
    struct options o;
    const char *number = NULL, *date = NULL, *signer = NULL, *reason = NULL;
    bool refuse = false;
    uint8_t nomination[ULID_SIZE], id[ULID_SIZE];
    struct clock clock = clock_real(0);
    const struct option_spec own[] = {
        TEXT_OPTION("number", "TEXT", &number, false, "số quyết định, như 123/QĐ-UBND",
                    "the decision's number, such as 123/QĐ-UBND"),
        TEXT_OPTION("date", "DATE", &date, false, "ngày ký", "the day it was signed"),
        TEXT_OPTION("signer", "TEXT", &signer, false, "người ký", "who signed"),
        SWITCH_OPTION("refuse", &refuse, "không khen thưởng; cần --reason",
                      "no award; needs --reason"),
        TEXT_OPTION("reason", "TEXT", &reason, false, "lý do", "the reason"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (refuse ? reason == NULL : number == NULL || date == NULL) {
        return say_code(EX_USAGE, tr("cần --number và --date, hoặc --refuse và --reason.",
                                     "give --number and --date, or --refuse and --reason."));
    }
    ulid_new(clock_wall_us(&clock), id);
    struct record_decision record = {
        .nomination = slice_of(nomination, ULID_SIZE),
        .outcome = refuse ? OUTCOME_REFUSED : OUTCOME_DECIDED,
        .number = given(number),
        .date = given(date),
        .signer = given(signer),
        .id = slice_of(id, ULID_SIZE),
        .reason = given(reason),
    };
    return act_on(&o, nomination, &record, decision_encode);
}

int
verb_revoke(int argc, char **argv)
{
    struct options o;
    const char *number = NULL, *date = NULL, *reason = NULL;
    uint8_t nomination[ULID_SIZE], id[ULID_SIZE];
    struct clock clock = clock_real(0);
    const struct option_spec own[] = {
        TEXT_OPTION("number", "TEXT", &number, true, "số quyết định thu hồi",
                    "the number of the decision that revokes"),
        TEXT_OPTION("date", "DATE", &date, true, "ngày ký", "the day it was signed"),
        TEXT_OPTION("reason", "TEXT", &reason, true, "lý do", "why"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    ulid_new(clock_wall_us(&clock), id);
    struct record_revocation record = {
        .nomination = slice_of(nomination, ULID_SIZE),
        .number = given(number),
        .date = given(date),
        .reason = given(reason),
        .id = slice_of(id, ULID_SIZE),
    };
    return act_on(&o, nomination, &record, revocation_encode);
}
