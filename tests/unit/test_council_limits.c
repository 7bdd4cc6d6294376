/* The council's records at and beyond their limits, and what the registry and the campaign take from under
 * them: documents in chunks, wrong ones and stages; evidence; tables, members and consultations that are
 * full; an award that a later revision leaves out; a unit that ends with a nomination in hand. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "proto/limits.h"
#include "proto/pack.h"

#include <sodium.h>

#define DAY "2021-09-02"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;

static int
set_up(void **state)
{
    (void)state;
    council_rig_open(&rig, 1);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    council_consistent(&rig);
    rig_close(&rig);
    return 0;
}

static void
expect_on(const char *date, uint32_t index, const char *told)
{
    const char *verdict = rig_verdict(&rig, rig_commit(&rig, date), index);
    bool plain = strcmp(told, "accepted") == 0 || strcmp(told, "unchanged") == 0;
    const char *wanted = plain ? told : arena_printf(rig.arena, "rejected %s ", told);
    if (strncmp(verdict, wanted, strlen(wanted)) != 0) {
        fail_msg("\"%s\" instead of %s", verdict, told);
    }
}

static void
expect(uint32_t index, const char *told)
{
    expect_on(DAY, index, told);
}

/* Refused, and everything as it was. The record is the only one of the open block. */
#define REFUSED_ON(date, code, send)                                                               \
    do {                                                                                           \
        uint8_t before[32], after[32];                                                             \
        council_hash(&rig, before);                                                                \
        expect_on(date, send, code);                                                               \
        council_hash(&rig, after);                                                                 \
        assert_memory_equal(before, after, 32);                                                    \
    } while (0)
#define REFUSED(code, send) REFUSED_ON(DAY, code, send)
#define TAKEN(send) expect(send, "accepted")
#define STATE(number, text) assert_string_equal(council_state(&rig, number), text)

static uint32_t
act(unsigned number, const char *name, const char *unit)
{
    return council_act(&rig, number, name, unit, "");
}

static struct slice
kept(struct buf *packed)
{
    struct slice bytes = arena_copy(rig.arena, buf_slice_of(packed));
    buf_fini(packed);
    return bytes;
}

/* ---- documents ---- */

struct paper {
    uint8_t *bytes;
    size_t size;
    uint8_t hash[32];
};

/* Of `size` bytes, no two chunks alike. */
static struct paper
paper_new(size_t size)
{
    struct paper p = {.bytes = arena_alloc(rig.arena, size), .size = size};
    for (size_t i = 0; i < size; i++) {
        p.bytes[i] = (uint8_t)(i / 251 + i / FILE_CHUNK_BYTES + 1);
    }
    crypto_generichash(p.hash, 32, p.bytes, size, NULL, 0);
    return p;
}

static struct record_file
chunk_of(const struct paper *p, size_t index, const char *unit)
{
    size_t at = index * FILE_CHUNK_BYTES;
    size_t len = p->size - at < FILE_CHUNK_BYTES ? p->size - at : FILE_CHUNK_BYTES;
    return (struct record_file){.hash = slice_of(p->hash, 32),
                                .unit = slice_text(unit),
                                .index = index,
                                .size = p->size,
                                .bytes = slice_of(p->bytes + at, len)};
}

static uint32_t
chunk_send(const struct paper *p, size_t index, const char *unit)
{
    struct record_file in = chunk_of(p, index, unit);
    return council_file(&rig, &in);
}

/* A nomination of w1 that names them. */
static struct slice
papers_named(const struct paper *papers, uint32_t count)
{
    struct buf list = BUF_EMPTY;
    pack_array(&list, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_array(&list, 4);
        pack_bytes(&list, slice_of(papers[i].hash, 32));
        pack_cstr(&list, "report");
        pack_cstr(&list, "baocao.pdf");
        pack_uint(&list, papers[i].size);
    }
    return kept(&list);
}

static uint32_t
nominated_with(unsigned number, struct slice documents)
{
    struct record_nomination in = council_nomination(&rig, number, "w1", "commune");
    in.documents = documents;
    return council_nominate(&rig, in);
}

/* Out of order, twice, and with a wrong chunk by another unit: only all of it is a document. */
static void
test_chunks(void **state)
{
    (void)state;
    struct paper p = paper_new(2 * FILE_CHUNK_BYTES + 1000);
    TAKEN(nominated_with(1, papers_named(&p, 1)));
    TAKEN(chunk_send(&p, 2, "w1"));
    REFUSED("document-missing", act(1, "verify", ""));
    REFUSED("unchanged", chunk_send(&p, 2, "w1"));
    TAKEN(chunk_send(&p, 0, "w1"));
    REFUSED("document-missing", act(1, "verify", ""));
    struct record_file other = chunk_of(&p, 1, "w2"); /* stands in a stage of its own */
    other.bytes = slice_of(p.bytes, FILE_CHUNK_BYTES);
    TAKEN(council_file(&rig, &other));
    assert_int_equal(rig_rows(&rig, TABLE_FILE), 3);
    TAKEN(chunk_send(&p, 1, "w1"));
    assert_int_equal(rig_rows(&rig, TABLE_FILE), 4); /* three of the document, one of w2's stage */
    REFUSED("unchanged", chunk_send(&p, 1, "w1"));
    REFUSED("unchanged", chunk_send(&p, 1, "w2"));
    other.bytes = slice_of(p.bytes + 1, FILE_CHUNK_BYTES);
    REFUSED("document-wrong", council_file(&rig, &other)); /* it is whole, and this is not of it */
    TAKEN(act(1, "verify", ""));
}

/* What does not give the hash is refused with its last chunk and forgotten whole: it may come again. */
static void
test_wrong_hash(void **state)
{
    (void)state;
    struct paper p = paper_new(2 * FILE_CHUNK_BYTES);
    struct record_file wrong = chunk_of(&p, 0, "w1");
    wrong.bytes = slice_of(p.bytes + 1, FILE_CHUNK_BYTES);
    TAKEN(nominated_with(1, papers_named(&p, 1)));
    TAKEN(council_file(&rig, &wrong));
    expect(chunk_send(&p, 1, "w1"), "document-wrong");
    assert_int_equal(rig_rows(&rig, TABLE_FILE), 0);
    REFUSED("document-missing", act(1, "verify", ""));
    TAKEN(council_file(&rig, &wrong));
    TAKEN(chunk_send(&p, 0, "w1")); /* while it is on its way, the newest counts */
    TAKEN(chunk_send(&p, 1, "w1"));
    assert_int_equal(rig_rows(&rig, TABLE_FILE), 2);
    TAKEN(act(1, "verify", ""));
    struct record_file longer = chunk_of(&p, 0, "w1"); /* the hash of another size: never whole */
    longer.size += 5;
    longer.bytes = slice_of(p.bytes + 1, FILE_CHUNK_BYTES);
    REFUSED("document-wrong", council_file(&rig, &longer));
    p.size = FILE_CHUNK_BYTES; /* nor is it there for who names it by another size */
    TAKEN(nominated_with(2, papers_named(&p, 1)));
    REFUSED("document-missing", act(2, "verify", ""));
}

#define CHUNK(code, field, value)                                                                  \
    do {                                                                                           \
        struct record_file changed = chunk_of(&p, 1, "w1");                                        \
        changed.field = value;                                                                     \
        REFUSED(code, council_file(&rig, &changed));                                               \
    } while (0)

static void
test_chunk_form(void **state)
{
    (void)state;
    struct paper p = paper_new(FILE_CHUNK_BYTES + 10);
    CHUNK("shape-invalid", hash, slice_of(p.hash, 31));
    CHUNK("shape-invalid", index, 2);
    CHUNK("shape-invalid", index, 0); /* the first is longer */
    CHUNK("shape-invalid", bytes, slice_of(p.bytes, 11));
    CHUNK("shape-invalid", bytes, slice_of(p.bytes, 9));
    CHUNK("shape-invalid", size, FILE_CHUNK_BYTES + 11);
    CHUNK("nothing-there", size, 0);
    CHUNK("unit-unknown", unit, slice_text("nowhere"));
    rig.principal = "submitter-w2";
    REFUSED("not-allowed", chunk_send(&p, 1, "w1"));
    rig.principal = "council-w1";
    REFUSED("not-in-role", chunk_send(&p, 1, "w1"));
    rig.principal = "local";
}

/* A chunk as the codec would never write it. */
static uint32_t
raw_chunk(const struct paper *p, uint64_t size, size_t len)
{
    struct buf body = BUF_EMPTY;
    pack_map(&body, 6);
    pack_uint(&body, 0);
    pack_uint(&body, RECORD_file);
    pack_uint(&body, 1);
    pack_uint(&body, RECORD_VERSION);
    pack_uint(&body, 3);
    pack_bytes(&body, slice_of(p->hash, 32));
    pack_uint(&body, 4);
    pack_cstr(&body, "w1");
    pack_uint(&body, 6);
    pack_uint(&body, size);
    pack_uint(&body, 7);
    pack_bytes(&body, slice_of(p->bytes, len));
    uint32_t index = rig_add(&rig, "w1", buf_slice_of(&body));
    buf_fini(&body);
    return index;
}

/* Ten MiB, whole; not a byte more. */
static void
test_largest(void **state)
{
    (void)state;
    struct paper p = paper_new(FILE_BYTES_MAX);
    uint32_t chunks = FILE_BYTES_MAX / FILE_CHUNK_BYTES;
    REFUSED("too-large", raw_chunk(&p, FILE_BYTES_MAX + 1, FILE_CHUNK_BYTES));
    REFUSED("too-large", raw_chunk(&p, FILE_BYTES_MAX, FILE_CHUNK_BYTES + 1));
    TAKEN(nominated_with(1, papers_named(&p, 1)));
    for (uint32_t i = 0; i < chunks; i++) {
        REFUSED("document-missing", act(1, "verify", ""));
        TAKEN(chunk_send(&p, i, "w1"));
    }
    assert_int_equal(rig_rows(&rig, TABLE_FILE), chunks);
    TAKEN(act(1, "verify", ""));
    p.size++;
    REFUSED("too-large", nominated_with(2, papers_named(&p, 1)));
}

/* ---- what a nomination names ---- */

static struct slice
document_raw(uint32_t parts, size_t hash_len, const char *kind, const char *name, uint64_t bytes)
{
    static const uint8_t hash[40] = {1};
    struct buf list = BUF_EMPTY;
    pack_array(&list, 1);
    pack_array(&list, parts);
    pack_bytes(&list, slice_of(hash, hash_len));
    pack_cstr(&list, kind);
    pack_cstr(&list, name);
    if (parts > 3) {
        pack_uint(&list, bytes);
    }
    return kept(&list);
}

static void
test_documents(void **state)
{
    (void)state;
    struct paper papers[DOCUMENTS_MAX + 1];
    for (uint32_t i = 0; i < COUNT(papers); i++) {
        papers[i] = paper_new(100 + i);
    }
    REFUSED("too-many", nominated_with(1, papers_named(papers, COUNT(papers))));
    papers[1] = papers[0];
    REFUSED("duplicate-key", nominated_with(1, papers_named(papers, 2)));
    char long_name[NAME_MAX_BYTES + 2] = "";
    memset(long_name, 'a', NAME_MAX_BYTES + 1);
    REFUSED("wrong-type", nominated_with(1, document_raw(3, 32, "report", "a", 1)));
    REFUSED("wrong-type", nominated_with(1, document_raw(4, 31, "report", "a", 1)));
    REFUSED("wrong-type", nominated_with(1, document_raw(4, 32, "report", "a", 0)));
    REFUSED("code-invalid", nominated_with(1, document_raw(4, 32, "Báo cáo", "a", 1)));
    REFUSED("nothing-there", nominated_with(1, document_raw(4, 32, "report", " ", 1)));
    REFUSED("not-utf8", nominated_with(1, document_raw(4, 32, "report", "a\xff", 1)));
    REFUSED("not-nfc", nominated_with(1, document_raw(4, 32, "report", "a\xcc\x81", 1)));
    REFUSED("too-large", nominated_with(1, document_raw(4, 32, "report", long_name, 1)));
    struct buf other = BUF_EMPTY;
    pack_cstr(&other, "report");
    REFUSED("wrong-type", nominated_with(1, kept(&other)));
    papers[1] = paper_new(101);
    TAKEN(nominated_with(1, papers_named(papers, DOCUMENTS_MAX)));
    for (uint32_t i = 0; i < DOCUMENTS_MAX; i++) {
        REFUSED("document-missing", act(1, "verify", ""));
        TAKEN(chunk_send(&papers[i], 0, "w1"));
    }
    TAKEN(act(1, "verify", ""));
}

/* "unit period indicator", `times` over; without the third, cells of two. */
static uint32_t
evident(unsigned number, const char *words, uint32_t times)
{
    struct record_nomination in = council_nomination(&rig, number, "w1", "commune");
    struct buf cells = BUF_EMPTY;
    uint32_t parts = 1;
    for (const char *at = words; *at != '\0'; at++) {
        parts += *at == ' ';
    }
    pack_array(&cells, times);
    for (uint32_t i = 0; i < times; i++) {
        pack_array(&cells, parts);
        for (const char *at = words; *at != '\0';) {
            size_t len = strcspn(at, " ");
            pack_text(&cells, slice_of((const uint8_t *)at, len));
            at += len + (at[len] == ' ');
        }
    }
    in.evidence = kept(&cells);
    return council_nominate(&rig, in);
}

static void
test_evidence(void **state)
{
    (void)state;
    struct record_nomination in = council_nomination(&rig, 1, "w1", "commune");
    struct buf number = BUF_EMPTY;
    pack_uint(&number, 7);
    in.evidence = kept(&number);
    REFUSED("wrong-type", council_nominate(&rig, in));
    in.evidence = slice_of((const uint8_t *)"\x91\x93\x01\x02\x03", 5); /* numbers for texts */
    REFUSED("wrong-type", council_nominate(&rig, in));
    REFUSED("wrong-type", evident(1, "w1 20210901", 1));
    REFUSED("wrong-type", evident(1, "w1 20210901 doses more", 1));
    REFUSED("reference-unknown", evident(1, "nowhere 20210901 doses", 1));
    REFUSED("reference-unknown", evident(1, "w1 20210901 nothing", 1));
    REFUSED("period-invalid", evident(1, "w1 20211301 doses", 1));
    REFUSED("period-outside", evident(1, "w1 20210830 doses", 1));
    REFUSED("period-outside", evident(1, "w1 202301 doses", 1));
    REFUSED("too-many", evident(1, "w1 20210901 doses", EVIDENCE_MAX + 1));
    TAKEN(evident(1, "w1 20210901 doses", EVIDENCE_MAX));
    TAKEN(evident(2, "hn 202108 beds", 1)); /* another's, and a month that the window cuts */
}

/* ---- full ---- */

/* All units of the rig but those that are `gone`, with `more` departments; w2 is then the other district's. */
static uint32_t
units_send(uint8_t ulid, const char *gone, unsigned more)
{
    static const char *const texts[] = {"hn//city",         "d1/hn/district", "d2/hn/district",
                                        "w1/d1/commune",    "w2/d1/commune",  "w3/d2/commune",
                                        "dep/hn/department"};
    struct unit_row rows[64];
    uint32_t count = 0;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t len = strcspn(texts[i], "/");
        char word[8];
        snprintf(word, sizeof(word), "%.*s", (int)len, texts[i]);
        bool orphan = strcmp(word, "w2") == 0 && strstr(gone, "d1") != NULL;
        if (strstr(gone, word) == NULL) {
            rows[count++] = rig_unit(orphan ? "w2/d2/commune" : texts[i]);
        }
    }
    for (unsigned i = 0; i < more; i++) {
        rows[count++] = rig_unit(arena_printf(rig.arena, "more%u/hn/department", i));
    }
    return rig_units(&rig, ulid, rows, count);
}

static void
test_consulted_full(void **state)
{
    (void)state;
    struct nomination_row row;
    TAKEN(units_send(201, "-", CONSULTED_MAX + 1));
    council_walk(&rig, 1, "commune", "w1: submit verify");
    rig_commit(&rig, DAY);
    for (unsigned i = 0; i < CONSULTED_MAX; i++) {
        TAKEN(act(1, "consult", arena_printf(rig.arena, "more%u", i)));
    }
    const char *last = arena_printf(rig.arena, "more%d", CONSULTED_MAX);
    REFUSED("too-many", act(1, "consult", last));
    TAKEN(act(1, "opinion", "more7")); /* whoever has answered makes room */
    TAKEN(act(1, "consult", last));
    REFUSED("too-many", act(1, "consult", "more7"));
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.asked_count, CONSULTED_MAX);
}

static void
test_members_full(void **state)
{
    (void)state;
    static const unsigned one[] = {1};
    meeting_people(&rig, MEMBERS_MAX + 1);
    council_walk(&rig, 1, "voted", "hn: submit verify");
    rig_commit(&rig, DAY);
    struct slice table = meeting_table(&rig, one, 1);
    REFUSED(
        "too-many",
        meeting_send(&rig, meeting_opened(&rig, 1, meeting_members(&rig, MEMBERS_MAX + 1), table)));
    TAKEN(meeting_send(&rig, meeting_opened(&rig, 1, meeting_members(&rig, MEMBERS_MAX), table)));
    REFUSED("too-many", meeting_attend(&rig, 1, meeting_members(&rig, MEMBERS_MAX + 1)));
    TAKEN(meeting_attend(&rig, 1, meeting_members(&rig, MEMBERS_MAX)));
    struct record_vote vote = {
        .meeting = meeting_id(&rig, 1), .nomination = council_id(&rig, 1), .choice = CHOICE_YES};
    uint32_t needed = MEMBERS_MAX * 9 / 10, index = 0;
    for (unsigned m = 1; m <= needed; m++) {
        index = meeting_vote(&rig, meeting_member_name(&rig, m), vote);
    }
    TAKEN(index);
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    STATE(1, "approved hn"); /* just 90 % of 200 */
}

/* A thousand on one table, closed in one record. */
static void
test_table_full(void **state)
{
    (void)state;
    unsigned numbers[TABLE_MAX + 1];
    meeting_people(&rig, 1);
    for (unsigned i = 0; i <= TABLE_MAX; i++) {
        numbers[i] = i + 1;
        council_walk(&rig, i + 1, "voted", "hn: submit verify");
        if (i % 200 == 0) {
            rig_commit(&rig, DAY);
        }
    }
    rig_commit(&rig, DAY);
    struct slice members = meeting_members(&rig, 1);
    REFUSED("too-many",
            meeting_send(&rig, meeting_opened(&rig, 1, members,
                                              meeting_table(&rig, numbers, TABLE_MAX + 1))));
    TAKEN(meeting_send(&rig,
                       meeting_opened(&rig, 1, members, meeting_table(&rig, numbers, TABLE_MAX))));
    TAKEN(meeting_attend(&rig, 1, members));
    struct record_vote vote = {.meeting = meeting_id(&rig, 1),
                               .nomination = council_id(&rig, TABLE_MAX),
                               .choice = CHOICE_YES};
    TAKEN(meeting_vote(&rig, "m1", vote));
    vote.nomination = council_id(&rig, TABLE_MAX + 1);
    REFUSED("not-on-table", meeting_vote(&rig, "m1", vote));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    STATE(1, "refused hn");
    STATE(TABLE_MAX, "approved hn");
    STATE(TABLE_MAX + 1, "verified hn");
}

/* ---- taken from under them ---- */

/* A revision of the campaign without the award "voted" (and, `all`, without any but "commune"). */
static uint32_t
award_drop(uint8_t ulid, bool all)
{
    struct campaign *campaign = council_campaign_new(&rig);
    if (all) {
        campaign->award_count = 1;
    } else {
        memmove(&campaign->awards[5], &campaign->awards[6],
                (campaign->award_count - 6) * sizeof(campaign->awards[0]));
        campaign->award_count--;
    }
    return rig_campaign(&rig, ulid, campaign);
}

static void
test_award_dropped(void **state)
{
    (void)state;
    static const unsigned one[] = {1}, two[] = {2};
    struct slice members = meeting_members(&rig, 1);
    meeting_people(&rig, 1);
    council_walk(&rig, 1, "voted", "hn: submit verify");
    council_walk(&rig, 2, "voted", "hn: submit verify");
    council_walk(&rig, 3, "voted", "hn: submit return");
    rig_commit(&rig, DAY);
    TAKEN(meeting_send(&rig, meeting_opened(&rig, 1, members, meeting_table(&rig, one, 1))));
    TAKEN(meeting_attend(&rig, 1, members));
    struct record_vote vote = {
        .meeting = meeting_id(&rig, 1), .nomination = council_id(&rig, 1), .choice = CHOICE_YES};
    TAKEN(award_drop(201, false));
    REFUSED("award-unknown", meeting_vote(&rig, "m1", vote));
    REFUSED("award-unknown", act(2, "approve", ""));
    REFUSED("award-unknown",
            meeting_send(&rig, meeting_opened(&rig, 2, members, meeting_table(&rig, two, 1))));
    REFUSED("award-unknown", council_act(&rig, 3, "submit", "hn", "voted"));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE)); /* by no rule: nothing is carried or refused */
    STATE(1, "verified hn");
    TAKEN(act(1, "consult", "dep")); /* what asks for no award goes on */
    TAKEN(act(2, "return", ""));
    TAKEN(council_act(&rig, 3, "submit", "hn", "city")); /* for one that there is */
    TAKEN(act(3, "verify", ""));
    TAKEN(act(3, "approve", ""));
    TAKEN(act(3, "decide", ""));
}

/* Of what was approved, forwarded or decided already. */
static void
test_award_dropped_late(void **state)
{
    (void)state;
    council_walk(&rig, 1, "city", "hn: submit verify approve");
    council_walk(&rig, 2, "president", "hn: submit verify approve forward");
    council_walk(&rig, 3, "city", "hn: submit verify approve decide");
    council_walk(&rig, 4, "city", "w1: submit verify");
    rig_commit(&rig, DAY);
    TAKEN(award_drop(201, true));
    REFUSED("award-unknown", act(1, "decide", ""));
    REFUSED("award-unknown", act(4, "forward", ""));
    TAKEN(act(1, "refuse", "")); /* the way out */
    TAKEN(act(2, "decide", "")); /* what the President decided is so all the same */
    TAKEN(act(3, "revoke", ""));
    TAKEN(act(4, "return", ""));
    STATE(1, "refused hn");
    STATE(2, "decided hn");
    STATE(3, "revoked hn");
    STATE(4, "returned w1");
}

/* The ward w1 and the district d1 are no more from the day on; what they have in hand is still their
 * people's to bring to an end, and goes where they stood. */
static void
test_unit_ends(void **state)
{
    (void)state;
    static const char *const late = "2021-10-01";
    council_walk(&rig, 1, "city", "w1: submit verify");
    council_walk(&rig, 2, "commune", "w1: submit verify");
    council_walk(&rig, 3, "commune", "w1: submit return");
    council_walk(&rig, 4, "city", "w2: submit verify consult");
    rig_commit(&rig, DAY);
    TAKEN(units_send(201, "w1 d1 dep", 0));
    rig.principal = "submitter-w1";
    REFUSED_ON(late, "unit-not-then", council_act(&rig, 9, "submit", "w1", "commune"));
    REFUSED_ON(late, "unit-not-then", council_act(&rig, 3, "submit", "w1", "commune"));
    rig.principal = "secretary-w1";
    REFUSED_ON(late, "unit-not-then", act(1, "consult", "dep"));
    expect_on(late, act(1, "forward", ""), "accepted");
    STATE(1, "submitted d1");
    expect_on(late, act(2, "approve", ""), "accepted");
    expect_on(late, act(2, "decide", ""), "accepted");
    rig.principal = "secretary-d1";
    expect_on(late, act(1, "verify", ""), "accepted");
    expect_on(late, act(1, "forward", ""), "accepted");
    STATE(1, "submitted hn");
    rig.principal = "secretary-dep"; /* asked while it was, and heard though it is no more */
    expect_on(late, act(4, "opinion", "dep"), "accepted");
    STATE(4, "verified w2");
    rig.principal = "local";
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_chunks),         TEST(test_wrong_hash),         TEST(test_chunk_form),
        TEST(test_largest),        TEST(test_documents),          TEST(test_evidence),
        TEST(test_consulted_full), TEST(test_members_full),       TEST(test_table_full),
        TEST(test_award_dropped),  TEST(test_award_dropped_late), TEST(test_unit_ends),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
