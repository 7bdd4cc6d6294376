/* Who finds and who keeps a quarantine: deaths and notes (clients/up_suspect.h, common/note.h), and
 * the broker's list, its record in the journal, its file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "broker/journal.h"
#include "clients/up_suspect.h"
#include "common/log.h"
#include "common/note.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "tests/lib/broker_rig.h"
#include "tests/lib/tempdir.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define R1 ((uint64_t)7 << 16 | 3) /* 7.3 */
#define R2 ((uint64_t)7 << 16 | 4)

/* ---- deaths ---- */

static void
test_same_record_twice(void **test)
{
    (void)test;
    struct suspect s = {0};
    char text[SUSPECT_TEXT];
    assert_false(suspect_died(&s, SIGSEGV, R1));
    assert_true(s.careful);
    assert_false(suspect_accused(&s, text));
    assert_true(suspect_died(&s, SIGABRT, R1));
    assert_true(suspect_accused(&s, text));
    assert_string_equal(text, "7.3:SIGABRT");
    /* nobody answered: it stays accused; then the broker has journalled it */
    suspect_told(&s, 69 << 8);
    assert_true(suspect_accused(&s, text));
    suspect_told(&s, SIGKILL);
    assert_true(suspect_accused(&s, text));
    suspect_told(&s, 0);
    assert_false(suspect_accused(&s, text));
    /* the next poison is found in the same way */
    assert_false(suspect_died(&s, SIGSEGV, R2));
    assert_true(suspect_died(&s, SIGSEGV, R2));
}

static void
test_other_records(void **test)
{
    (void)test;
    struct suspect s = {0};
    for (int i = 0; i < 4; i++) {
        assert_false(suspect_died(&s, SIGSEGV, i % 2 == 0 ? R1 : R2));
    }
    /* a death between records accuses none, however often */
    for (int i = 0; i < 4; i++) {
        assert_false(suspect_died(&s, SIGABRT, 0));
    }
}

static void
test_deaths_by_others(void **test)
{
    (void)test;
    struct suspect s = {0};
    for (int i = 0; i < 9; i++) {
        assert_false(suspect_died(&s, SIGKILL, R1));
        assert_false(suspect_died(&s, SIGTERM, R1));
        assert_false(suspect_died(&s, SIGINT, R1));
        assert_false(suspect_died(&s, 75 << 8, R1));
        assert_false(suspect_died(&s, 0, R1));
    }
    assert_false(s.careful);
    /* they neither add to a suspicion nor end it */
    assert_false(suspect_died(&s, SIGBUS, R1));
    assert_false(suspect_died(&s, SIGKILL, R1));
    assert_false(suspect_died(&s, SIGKILL, R2));
    assert_true(suspect_died(&s, SIGFPE, R1));
}

static void
test_note_outlives_its_writer(void **test)
{
    (void)test;
    char *folder = tempdir_new();
    char path[512];
    struct note note;
    snprintf(path, sizeof(path), "%s/note", folder);
    assert_true(note_read(path) == 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (note_open(&note, path) == ERR_OK) {
            note_set(&note, R1);
            note_set(&note, R2);
        }
        raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_true(note_read(path) == R2);
    /* the next worker begins anew */
    assert_int_equal(note_open(&note, path), ERR_OK);
    assert_true(note_read(path) == 0);
    note_fini(&note);
    assert_int_equal(truncate(path, 5), 0);
    assert_true(note_read(path) == 0);
    snprintf(path, sizeof(path), "%s/none/note", folder);
    assert_int_equal(note_open(&note, path), ERR_IO);
    note_set(&note, R1); /* kept nowhere, and no harm */
    tempdir_free(folder);
}

static void
test_receipt_as_a_number(void **test)
{
    (void)test;
    struct receipt receipt = receipt_of_number(R1);
    assert_true(receipt.block == 7 && receipt.index == 3);
    assert_true(receipt_number(receipt) == R1);
    assert_true(receipt_number((struct receipt){0}) == 0);
    assert_true(receipt_number((struct receipt){1, 65535}) == 0x1ffff);
    assert_true(receipt_number((struct receipt){1, 65536}) == 0);
    assert_true(receipt_number((struct receipt){(uint64_t)1 << 48, 0}) == 0);
}

/* ---- the broker ---- */

static struct buf side; /* the file beside the journal */
static bool side_there;
static unsigned side_writes;

static bool
side_read(void *context, struct buf *out)
{
    (void)context;
    buf_clear(out);
    buf_slice(out, buf_slice_of(&side));
    return side_there;
}

static bool
side_write(void *context, struct slice bytes)
{
    (void)context;
    buf_clear(&side);
    buf_slice(&side, bytes);
    side_there = true;
    side_writes++;
    return true;
}

static void
accuse(struct broker_rig *rig, const char *who, uint64_t request, uint64_t block, uint64_t index)
{
    struct buf header = BUF_EMPTY;
    struct message_quarantine m = {
        .request = request, .block = block, .index = index, .reason = slice_text("SIGSEGV")};
    message_encode_quarantine(&m, &header);
    rig_say(rig, who, &header);
    rig_turn(rig);
    buf_fini(&header);
}

/* What the next worker is told to skip, as text: "1.0:0 2.3:1". */
static const char *
told(struct broker_rig *rig, enum role role, uint64_t pid)
{
    static char text[256];
    struct message_welcome welcome;
    char who[16];
    uint32_t count = 0, three;
    size_t len = 0;
    snprintf(who, sizeof(who), "w%u", (unsigned)pid);
    rig_hello(rig, who, role, pid, 0);
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_welcome, &welcome);
    struct cursor c = cursor_of(welcome.quarantined);
    text[0] = '\0';
    assert_true(welcome.quarantined.len == 0 || cursor_array(&c, &count) == ERR_OK);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t v[3];
        assert_int_equal(cursor_array(&c, &three), ERR_OK);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(cursor_uint(&c, &v[k]), ERR_OK);
        }
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u.%u:%u", i == 0 ? "" : " ",
                                (unsigned)v[0], (unsigned)v[1], (unsigned)v[2]);
    }
    rig_bye(rig, who);
    rig_turn(rig);
    return text;
}

static struct broker_rig *
rig_with_file(void)
{
    struct broker_rig *rig = rig_new();
    buf_fini(&side);
    side_there = false;
    side_writes = 0;
    rig->side_read = side_read;
    rig->side_write = side_write;
    rig_start(rig);
    rig_client(rig, "up");
    return rig;
}

/* Two records, quarantined one after the other, the second one told twice. */
static void
two_quarantined(struct broker_rig *rig)
{
    struct message_receipts receipts;
    rig_submit(rig, "up", 1, 3, 40);
    rig_turn(rig);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    assert_string_equal(told(rig, ROLE_TALLY, 50), "");
    accuse(rig, "up", 2, 1, 1);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    assert_true(receipts.request == 2 && receipts.block == 2 && receipts.first == 0);
    accuse(rig, "up", 3, 1, 0);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    assert_true(receipts.block == 3);
    accuse(rig, "up", 4, 1, 1);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    assert_true(receipts.request == 4 && receipts.block == 2 && receipts.first == 0);
    assert_true(receipts.count == 1 && receipts.time_us != 0);
}

static void
test_list_and_its_file(void **test)
{
    (void)test;
    struct broker_rig *rig = rig_with_file();
    two_quarantined(rig);
    assert_int_equal(side_writes, 2);
    assert_string_equal(told(rig, ROLE_TALLY, 51), "1.1:0 1.0:0");
    assert_string_equal(told(rig, ROLE_READER, 52), "1.1:0 1.0:0");
    assert_string_equal(told(rig, ROLE_QUERY, 53), "");
    rig_restart(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 54), "1.1:0 1.0:0");
    assert_int_equal(side_writes, 2); /* nothing to be read again */
    side_there = false;
    rig_restart(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 55), "1.1:0 1.0:0");
    assert_int_equal(side_writes, 3);
    for (size_t i = 0; i < side.len; i++) { /* whatever bit flips in it, the journal is asked */
        side.data[i] ^= 0x10;
        rig_restart(rig);
        assert_string_equal(told(rig, ROLE_TALLY, 56 + i), "1.1:0 1.0:0");
    }
    assert_int_equal(side_writes, 3 + (unsigned)side.len);
    rig_free(&rig);
    buf_fini(&side);
}

/* A crash between the journal and the file: the file is older than the journal. */
static void
test_older_file(void **test)
{
    (void)test;
    struct broker_rig *rig = rig_with_file();
    struct message_receipts receipts;
    two_quarantined(rig);
    struct buf older = BUF_EMPTY;
    buf_slice(&older, buf_slice_of(&side));
    accuse(rig, "up", 9, 1, 2);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    buf_clear(&side);
    buf_slice(&side, buf_slice_of(&older));
    rig_restart(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 51), "1.1:0 1.0:0 1.2:0");
    /* and a file that is of another journal, as long as this one or shorter */
    struct journal *full = rig->journal;
    broker_free(&rig->broker);
    rig->journal = journal_mem_new();
    buf_clear(&older);
    buf_slice(&older, buf_slice_of(&side));
    rig_start(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 52), "");
    rig_client(rig, "other");
    for (uint64_t i = 1; i <= 9; i++) {
        rig_submit(rig, "other", i, 1, 40);
        rig_turn(rig);
    }
    buf_clear(&side);
    buf_slice(&side, buf_slice_of(&older));
    rig_restart(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 53), "");
    journal_free(&full);
    rig_free(&rig);
    buf_fini(&older);
    buf_fini(&side);
}

static void
test_refused(void **test)
{
    (void)test;
    struct broker_rig *rig = rig_with_file();
    struct message_receipts receipts;
    accuse(rig, "up", 1, 1, 0);
    rig_told_error(rig, "up", 1, CODE_RECEIPT_UNKNOWN);
    rig_submit(rig, "up", 2, 1, 40);
    rig_turn(rig);
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    accuse(rig, "up", 3, 1, 1);
    rig_told_error(rig, "up", 3, CODE_RECEIPT_UNKNOWN);
    accuse(rig, "up", 4, 2, 0);
    rig_told_error(rig, "up", 4, CODE_RECEIPT_UNKNOWN);
    rig_worker(rig, "tally", ROLE_TALLY, 60);
    accuse(rig, "tally", 5, 1, 0);
    rig_told_error(rig, "tally", 5, CODE_MESSAGE_UNKNOWN);
    assert_int_equal(side_writes, 0);
    rig_free(&rig);
    buf_fini(&side);
}

/* A sender's own `quarantine` is a record like any other: only the broker's principal counts. */
static void
test_forged(void **test)
{
    (void)test;
    struct broker_rig *rig = rig_with_file();
    struct message_receipts receipts;
    struct buf body = BUF_EMPTY, records = BUF_EMPTY, header = BUF_EMPTY;
    static const uint8_t id[16];
    struct record_quarantine forged = {.block = 1, .id = slice_of(id, sizeof(id))};
    record_encode_quarantine(&forged, &body);
    pack_array(&records, 1);
    pack_array(&records, 2);
    pack_cstr(&records, "");
    pack_bytes(&records, buf_slice_of(&body));
    for (uint64_t i = 1; i <= 2; i++) {
        struct message_submit submit = {.request = i, .records = buf_slice_of(&records)};
        buf_clear(&header);
        message_encode_submit(&submit, &header);
        rig_say(rig, "up", &header);
        rig_turn(rig);
        rig_told(rig, "up", MESSAGE_receipts, &receipts);
    }
    assert_string_equal(told(rig, ROLE_TALLY, 50), "");
    rig_restart(rig);
    assert_string_equal(told(rig, ROLE_TALLY, 51), "");
    buf_fini(&body);
    buf_fini(&records);
    buf_fini(&header);
    rig_free(&rig);
    buf_fini(&side);
}

/* The type that the list tells is the record's own. */
static void
test_type_of_the_record(void **test)
{
    (void)test;
    struct broker_rig *rig = rig_with_file();
    struct message_receipts receipts;
    struct message_answer answer;
    two_quarantined(rig);
    accuse(rig, "up", 5, 2, 0); /* a quarantine itself: the broker's own, type 5 */
    rig_told(rig, "up", MESSAGE_receipts, &receipts);
    assert_string_equal(told(rig, ROLE_TALLY, 50), "1.1:0 1.0:0 2.0:5");
    rig_query(rig, "up", 6, "broker.quarantined", 0, 0);
    rig_turn(rig);
    rig_told(rig, "up", MESSAGE_answer, &answer);
    assert_non_null(memmem(answer.body.data, answer.body.len, "SIGSEGV", 7));
    assert_non_null(memmem(answer.body.data, answer.body.len, "ba-dinh", 7));
    assert_non_null(memmem(answer.body.data, answer.body.len, "2.0", 3));
    rig_free(&rig);
    buf_fini(&side);
}

int
main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_record_twice),
        cmocka_unit_test(test_other_records),
        cmocka_unit_test(test_deaths_by_others),
        cmocka_unit_test(test_note_outlives_its_writer),
        cmocka_unit_test(test_receipt_as_a_number),
        cmocka_unit_test(test_list_and_its_file),
        cmocka_unit_test(test_older_file),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_type_of_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
