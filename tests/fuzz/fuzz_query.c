/* The arguments of every question, by whoever asks, to a small site of two shards: an answer that fits and is one
 * object, or a complaint. */
#include "tests/fuzz/fuzz.h"

#include "clients/answers.h"
#include "common/check.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

static const char *const NAMES[] = {
    "tally",    "missing",    "completeness", "reports",   "export", "verdicts",
    "rejected", "unit",       "campaign",     "campaigns", "state",  "no-such-question",
    "access",   "highlights", "rank",         "blocs",     "values",
};

static const char *const ASKERS[] = {"local", "ward", "head", "gone", "head@gate", "nobody"};

static void
site_fill(struct query_site *s)
{
    struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("d2", "hn", "district", NULL, NULL),
        sample_unit("w1", "d1", "commune", NULL, "2021-11-15"),
        sample_unit("w1", "d2", "commune", "2021-11-16", NULL),
        sample_unit("w2", "d1", "commune", "2021-11-02", NULL),
    };
    rows[1].bloc = rows[2].bloc = rows[5].bloc = slice_text("b"); /* d1 and its own w2: nested */
    rows[5].population = 1000;
    site_campaign(s, sample_scored(3));
    site_units(s, rows, sizeof rows / sizeof rows[0]);
    site_access(s, "ward roles=submitter units=w1 keys=1");
    site_access(s, "head roles=submitter+auditor units=d1+");
    site_access(s, "gone");
    site_access(s, "gate roles=gateway for=*");
    site_commit(s, "2021-10-01");
    site_report(s, "daily", "w1", "20211101", NULL, "doses=1 beds=2 temp=36.5 peak=4 low=5");
    site_report(s, "daily", "w1", "20211101", "system", "doses=2");
    site_report(s, "daily", "w2", "20211102", NULL, "doses=3 beds=1");
    site_report(s, "daily", "w9", "20211102", NULL, "doses=3");
    site_report(s, "daily", "w2", "20211102", NULL, "doses=x.y");
    site_commit(s, "2021-11-03");
    site_report(s, "daily", "w2", "20211102", NULL, "doses=4 beds=1");
    site_report(s, "monthly", "d1", "202110", NULL, "staff=7 visits=9");
    site_report(s, "weekly", "w1", "2021W44", NULL, "meetings=2");
    site_withdraw(s, "daily", "w1", "20211101");
    site_commit(s, "2021-11-08");
}

void
fuzz_query(struct slice in)
{
    struct query_site site;
    uint8_t control = fuzz_byte(&in);
    const char *name = NAMES[(control & 15) % (sizeof NAMES / sizeof NAMES[0])];
    const char *who = ASKERS[(control >> 4) % (sizeof ASKERS / sizeof ASKERS[0])];
    site_open(&site, 2);
    site_fill(&site);
    const struct question question = {slice_text(who), slice_text(name), in};
    if (query_answer(site.query, &question, &site.body, &site.as_of, &site.why)) {
        struct cursor c = cursor_of(buf_slice_of(&site.body));
        CHECK(site.body.len <= ANSWER_BYTES_MAX);
        CHECK(cursor_skip(&c) == ERR_OK && cursor_done(&c));
        json_t *shown = answer_json(buf_slice_of(&site.body));
        CHECK(shown != NULL);
        json_decref(shown);
    } else {
        fuzz_why(&site.why);
    }
    site_close(&site);
}
