/* The questions `meetings` and `meeting`: bodies as QUERIES.md has them, pages, beginnings of identities,
 * and that nothing that anybody may ask tells who cast which secret ballot: two sites that differ only
 * in who voted yes give the same answers, but for the bytes of commitments, boxes and blindings. */
#include "proto/ballot.h"
#include "proto/pack.h"
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MEMBERS 4
#define MEETING "01081G81860W40J2GB1G6GW3R1" /* MEETING_ID and ITEMS, as people write them */
#define OTHER "01081G81860W40J2GB1G6GW3R2"
#define ITEM_1 "09040000000000000000000000"
#define ITEM_2 "09080000000000000000000000"

/* One site, one meeting: nomination 1 is voted on openly, nomination 2 secretly. */
struct council {
    struct query_site site;
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    struct ballot_count count;
    uint8_t next; /* of ULIDs */
};

static uint8_t MEETING_ID[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1};
static uint8_t OTHER_ID[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 2};
static uint8_t ITEMS[2][16] = {{9, 1}, {9, 2}};

static struct slice
id_of(const uint8_t *id)
{
    return slice_of(id, 16);
}

static struct slice
ulid(struct council *c)
{
    static uint8_t ids[256][16];
    uint8_t *id = ids[c->next];
    memset(id, 0, 16);
    id[15] = c->next++;
    return slice_of(id, 16);
}

static uint32_t
send(struct council *c, const char *who, struct buf *body)
{
    c->site.principal = who;
    uint32_t index = site_record(&c->site, "", buf_slice_of(body));
    c->site.principal = "local";
    buf_fini(body);
    return index;
}

/* Whether the record was taken. */
static void
expect_taken(struct council *c, uint32_t index)
{
    char args[40];
    site_commit(&c->site, "2021-11-05");
    snprintf(args, sizeof(args), "all ranges=%llu:%u:1", (unsigned long long)c->site.number, index);
    const char *answer = site_ask(&c->site, "verdicts", args);
    if (strstr(answer, "rejected:1") != NULL) {
        fail_msg("%s", answer);
    }
}

static void
campaign_send(struct council *c)
{
    static struct award awards[2] = {
        {.subjects = FOR_COLLECTIVE, .level = AWARD_CITY, .percent = 50, .base = BASE_TOTAL},
        {.subjects = FOR_COLLECTIVE,
         .level = AWARD_CITY,
         .percent = 75,
         .base = BASE_PRESENT,
         .quorum = 66,
         .secret = true,
         .written = true},
    };
    struct campaign campaign = *sample_campaign(3);
    awards[0].code = slice_text("open");
    awards[1].code = slice_text("secret");
    awards[0].title = awards[1].title = (struct title){slice_text("Khen"), slice_text("Award")};
    campaign.awards = awards;
    campaign.award_count = 2;
    site_campaign(&c->site, &campaign);
}

static void
nominate(struct council *c, int item)
{
    struct buf body = BUF_EMPTY;
    const struct record_nomination in = {.nomination = id_of(ITEMS[item]),
                                         .unit = slice_text("hn"),
                                         .award = slice_text(item == 0 ? "open" : "secret"),
                                         .kind = SUBJECT_COLLECTIVE,
                                         .subject = slice_text("Tổ 1"),
                                         .id = ulid(c),
                                         .summary = slice_text("…")};
    const struct record_review verify = {
        .nomination = id_of(ITEMS[item]), .act = REVIEW_verify, .id = ulid(c)};
    record_encode_nomination(&in, &body);
    expect_taken(c, send(c, "local", &body));
    record_encode_review(&verify, &body);
    expect_taken(c, send(c, "local", &body));
}

static void
meeting_send(struct council *c, const uint8_t *id, enum meeting_act act)
{
    struct buf body = BUF_EMPTY, members = BUF_EMPTY, table = BUF_EMPTY;
    struct record_meeting in = {
        .meeting = id_of(id), .act = act, .id = ulid(c), .reason = slice_text("…")};
    pack_array(&members, act == MEETING_OPEN ? MEMBERS : MEMBERS - 1);
    pack_cstr(&members, "m1");
    pack_cstr(&members, "m2");
    pack_cstr(&members, "m3");
    if (act == MEETING_OPEN) {
        pack_cstr(&members, "m4");
        pack_array(&table, 2);
        pack_bytes(&table, id_of(ITEMS[0]));
        pack_bytes(&table, id_of(ITEMS[1]));
        in.unit = slice_text("hn");
        in.title = slice_text("Phiên họp");
        in.date = slice_text("2021-11-05");
        in.teller = slice_text("m2");
        in.nominations = buf_slice_of(&table);
        in.ballot_key = slice_of(c->public_key, BALLOT_KEY_SIZE);
    }
    in.members = buf_slice_of(&members);
    record_encode_meeting(&in, &body);
    expect_taken(c, send(c, "local", &body));
    buf_fini(&members);
    buf_fini(&table);
}

static void
vote_send(struct council *c, unsigned member, int item, enum choice choice)
{
    char name[4] = {'m', (char)('0' + member)};
    struct buf body = BUF_EMPTY;
    struct ballot ballot;
    struct ballot_cast cast;
    struct record_vote in = {.meeting = id_of(MEETING_ID),
                             .nomination = id_of(ITEMS[item]),
                             .written = member == MEMBERS,
                             .id = ulid(c)};
    if (item == 0) {
        in.choice = choice;
    } else {
        ballot_place(in.meeting, in.nomination, slice_text(name), cast.place);
        assert_true(ballot_make(choice, cast.place, c->public_key, &ballot));
        in.commitment = cast.commitment = slice_of(ballot.commitment, BALLOT_COMMITMENT_SIZE);
        in.sealed = cast.sealed = slice_of(ballot.sealed, BALLOT_SEALED_SIZE);
        assert_true(ballot_open(&cast, c->public_key, c->secret_key, &c->count));
    }
    record_encode_vote(&in, &body);
    expect_taken(c, send(c, name, &body));
}

static void
opening_send(struct council *c)
{
    struct buf body = BUF_EMPTY;
    const struct record_opening in = {.meeting = id_of(MEETING_ID),
                                      .nomination = id_of(ITEMS[1]),
                                      .yes = c->count.yes,
                                      .no = c->count.no,
                                      .blinding = slice_of(c->count.blinding, 32),
                                      .id = ulid(c)};
    record_encode_opening(&in, &body);
    expect_taken(c, send(c, "m2", &body));
}

/* Up to the opened meeting, three of four present. */
static void
council_begin(struct council *c)
{
    memset(c, 0, sizeof(*c));
    site_open(&c->site, 3);
    const struct unit_row unit = sample_unit("hn", "", "city", NULL, NULL);
    site_units(&c->site, &unit, 1);
    campaign_send(c);
    for (unsigned i = 1; i <= MEMBERS; i++) {
        char words[40];
        snprintf(words, sizeof(words), "m%u roles=council%s", i, i == 2 ? " title=Bà.Hai" : "");
        site_access(&c->site, words);
    }
    site_access(&c->site, "sec roles=secretary units=hn+");
    site_access(&c->site, "clerk roles=submitter units=hn+");
    site_access(&c->site, "aud roles=auditor");
    site_access(&c->site, "boss roles=operator");
    site_commit(&c->site, "2021-10-01");
    ballot_key_new(c->public_key, c->secret_key);
    ballot_count_begin(&c->count);
    nominate(c, 0);
    nominate(c, 1);
    meeting_send(c, MEETING_ID, MEETING_OPEN);
    meeting_send(c, MEETING_ID, MEETING_ATTEND);
}

static void
vote_all(struct council *c, int item, const enum choice choices[MEMBERS], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        vote_send(c, i + 1, item, choices[i]);
    }
}

static const enum choice OPEN_CHOICES[MEMBERS] = {CHOICE_YES, CHOICE_YES, CHOICE_NO};

/* Everything that is asked about a meeting, by each of these, as one text to be freed. */
static char *
everything_asked(struct council *c)
{
    static const char *const askers[] = {"local", "m1", "m2", "m3", "sec", "clerk", "aud", "boss"};
    char all[40], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    snprintf(all, sizeof(all), "all ranges=1:0:1,%llu:0:1", (unsigned long long)c->site.number);
    const char *const questions[][2] = {{"meetings", ""},
                                        {"meeting", "meeting=" MEETING},
                                        {"review.show", "nomination=" ITEM_2},
                                        {"review.list", "done"},
                                        {"history", "subject=Tổ"},
                                        {"verdicts", all},
                                        {"rejected", ""},
                                        {"state", ""},
                                        {"honours", ""},
                                        {"access", ""}};
    for (size_t i = 0; i < sizeof(askers) / sizeof(askers[0]); i++) {
        for (size_t k = 0; k < sizeof(questions) / sizeof(questions[0]); k++) {
            c->site.principal = askers[i];
            fprintf(out, "%s %s: %s\n", askers[i], questions[k][0],
                    site_ask(&c->site, questions[k][0], questions[k][1]));
        }
    }
    c->site.principal = "local";
    fclose(out);
    return text;
}

#define HEAD_START "meeting:\"" MEETING "\",campaign:"
#define HEAD(closed)                                                                               \
    "meeting:\"" MEETING "\",campaign:\"c\",unit:\"hn\",name:\"hn\",title:\"Phiên họp\","       \
    "date:\"2021-11-05\",closed:" closed ",member_count:4,present_count:3,nomination_count:2"

static void
has(const char *answer, const char *part)
{
    if (strstr(answer, part) == NULL) {
        fail_msg("no %s in %s", part, answer);
    }
}

/* Before anybody has voted, after all have, once counted, once closed. */
static void
a_meeting_is_shown_as_it_goes(void **context)
{
    static const enum choice choices[MEMBERS] = {CHOICE_YES, CHOICE_YES, CHOICE_NO, CHOICE_YES};
    struct council c;
    (void)context;
    council_begin(&c);
    assert_string_equal(site_ask(&c.site, "meetings", ""), "{meetings:[{" HEAD("false") "}]}");
    const char *answer = site_ask(&c.site, "meeting", "meeting=" MEETING);
    has(answer, "teller:\"m2\",teller_title:\"Bà.Hai\",ballot_key:<32>,members:[{principal:\"m1\","
                "title:\"\",present:true},{principal:\"m2\",title:\"Bà.Hai\",present:true},");
    has(answer, "{principal:\"m4\",title:\"\",present:false}],table:[{nomination:\"" ITEM_1 "\"");
    has(answer, "rule:{percent:50,of:\"total\",quorum:0,secret:false,written:false},votes:[],"
                "opening:nil,sums:{yes:0,no:0,abstain:0,spoilt:0,base:4,taking_part:3,"
                "counted:true,quorum:true,carried:false},recorded:nil}");
    vote_all(&c, 0, OPEN_CHOICES, 3);
    vote_all(&c, 1, choices, MEMBERS);
    answer = site_ask(&c.site, "meeting", "meeting=" MEETING);
    has(answer, "{principal:\"m3\",written:false,secret:false,time_us:");
    has(answer, "choice:\"no\"}],opening:nil,sums:{yes:2,no:1,abstain:0,spoilt:0,base:4,"
                "taking_part:3,counted:true,quorum:true,carried:true}");
    has(answer, "{principal:\"m4\",written:true,secret:true,time_us:");
    has(answer, "commitment:<32>,sealed:<114>}],opening:nil,sums:{yes:0,no:0,abstain:0,spoilt:0,"
                "base:4,taking_part:4,counted:false,quorum:true,carried:false}");
    opening_send(&c);
    answer = site_ask(&c.site, "meeting", "meeting=" MEETING);
    has(answer, "opening:{yes:3,no:1,abstain:0,receipt:");
    has(answer, "blinding:<32>,spoilt:[]},sums:{yes:3,no:1,abstain:0,spoilt:0,base:4,"
                "taking_part:4,counted:true,quorum:true,carried:true},recorded:nil}");
    meeting_send(&c, MEETING_ID, MEETING_CLOSE);
    answer = site_ask(&c.site, "meeting", "meeting=" MEETING);
    has(answer, HEAD("true"));
    has(answer, "kind:\"collective\",subject:\"Tổ 1\",unit:\"hn\",name:\"hn\",state:\"approved\","
                "outcome:\"carry\"");
    has(answer, "recorded:{yes:2,no:1,abstain:0,spoilt:0,base:4}}");
    has(answer, "recorded:{yes:3,no:1,abstain:0,spoilt:0,base:4}}");
    has(answer, "state:\"approved\"");
    site_close(&c.site);
}

static void
identities_and_pages(void **context)
{
    struct council c;
    (void)context;
    council_begin(&c);
    struct query_site *s = &c.site;
    has(site_ask(s, "meeting", "meeting=01081g8186"), HEAD("false"));
    assert_int_equal(strncmp(site_ask(s, "meeting", "meeting=" OTHER), "meeting-unknown|", 16), 0);
    assert_string_equal(site_ask(s, "meeting", "meeting=none"), "query-invalid|meeting|none");
    assert_string_equal(site_ask(s, "meetings", "start=u"), "query-invalid|start|u");
    has(site_ask(s, "meeting", "meeting=" MEETING), "outcome:\"\"");
    meeting_send(&c, MEETING_ID, MEETING_CANCEL);
    meeting_send(&c, OTHER_ID, MEETING_OPEN);
    has(site_ask(s, "meeting", "meeting=" MEETING), "outcome:\"untable\"");
    has(site_ask(s, "meeting", "meeting=" OTHER), "outcome:\"\"");
    const char *answer = site_ask(s, "meetings", "");
    const char *newest = strstr(answer, OTHER), *first = strstr(answer, MEETING);
    assert_true(newest != NULL && first > newest);
    answer = site_ask(s, "meetings", "start=" MEETING);
    assert_true(strstr(answer, OTHER) == NULL && strstr(answer, MEETING) != NULL);
    assert_string_equal(site_ask(s, "meeting", "meeting=01081g8186"),
                        "query-invalid|meeting|01081g8186…: > 1");
    static const char *const wrong[] = {"2", "-1", "x", "1x", "12345678", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char args[80];
        snprintf(args, sizeof(args), "meeting=" MEETING " start=%s", wrong[i]);
        assert_int_equal(strncmp(site_ask(s, "meeting", args), "query-invalid|start|", 20), 0);
    }
    answer = site_ask(s, "meeting", "meeting=" MEETING " start=1");
    assert_true(strstr(answer, ITEM_1) == NULL && strstr(answer, ITEM_2) != NULL);
    site_close(s);
}

/* ---- who voted what ---- */

/* All that is asked of a site where these were the votes on one nomination. */
static char *
votes_asked(int item, const enum choice choices[MEMBERS], unsigned count, bool close)
{
    struct council c;
    council_begin(&c);
    vote_all(&c, item, choices, count);
    if (close) {
        opening_send(&c);
        meeting_send(&c, MEETING_ID, MEETING_CLOSE);
    }
    char *text = everything_asked(&c);
    site_close(&c.site);
    return text;
}

static void
compare(int item, unsigned count, bool close, bool same)
{
    static const enum choice one[MEMBERS] = {CHOICE_YES, CHOICE_NO, CHOICE_ABSTAIN, CHOICE_YES};
    static const enum choice other[MEMBERS] = {CHOICE_ABSTAIN, CHOICE_YES, CHOICE_YES, CHOICE_NO};
    char *a = votes_asked(item, one, count, close), *b = votes_asked(item, other, count, close);
    has(a, "aud meeting: {" HEAD_START);
    if (same) {
        assert_string_equal(a, b);
    } else {
        assert_string_not_equal(a, b); /* or this test could not fail */
    }
    free(a);
    free(b);
}

static void
no_answer_tells_a_secret_vote(void **context)
{
    (void)context;
    compare(1, MEMBERS, true, true);
    compare(1, MEMBERS, false, true); /* nor while they are cast */
    compare(1, 2, false, true);
    compare(0, 3, false, false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_meeting_is_shown_as_it_goes),
        cmocka_unit_test(identities_and_pages),
        cmocka_unit_test(no_answer_tells_a_secret_vote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
