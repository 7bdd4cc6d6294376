/* The console's side of the gateway without its network: acts made into records, sessions, wrong passwords counted,
 * pages in memory. */
#include "common/file.h"
#include "proto/answer_json.h"
#include "workers/gateway/act.h"
#include "workers/gateway/lockouts.h"
#include "workers/gateway/logins.h"
#include "workers/gateway/pages.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define ID_HEX "01563e3ab5d3d6764c61efb99302bd5b"

/* ---- acts ---- */

/* A field as text, for comparing. */
static void
field_show(const struct field *f, const void *at, struct buf *out)
{
    const struct slice *bytes = at;
    if (f->kind == FIELD_UINT && *(const uint64_t *)at != 0) {
        buf_printf(out, "%s=%llu ", f->name, (unsigned long long)*(const uint64_t *)at);
    } else if (f->kind == FIELD_BOOL && *(const bool *)at) {
        buf_printf(out, "%s ", f->name);
    } else if ((f->kind == FIELD_TEXT || f->kind == FIELD_CODE) && bytes->len > 0) {
        buf_printf(out, "%s=%.*s ", f->name, SLICE_ARG(*bytes));
    } else if (f->kind == FIELD_RAW && bytes->len > 0) {
        json_t *json = answer_json(*bytes);
        char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        buf_printf(out, "%s=%s ", f->name, text);
        free(text);
        json_decref(json);
    } else if (f->kind == FIELD_BYTES && bytes->len > 0) {
        buf_printf(out, "%s=", f->name);
        for (size_t i = 0; i < bytes->len; i++) {
            buf_printf(out, "%02x", bytes->data[i]);
        }
        buf_byte(out, ' ');
    }
}

/* What the JSON is as a record, read back from its bytes; or the code and subject of what is wrong with it. */
static void
becomes(const char *path, const char *json, const char *wanted)
{
    struct arena *arena = arena_new();
    struct act_record made;
    struct complaint why = {0};
    struct buf bytes = BUF_EMPTY, out = BUF_EMPTY;
    json_t *from = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(from);
    if (!act_read(act_find(path), from, arena, &made, &why)) {
        buf_printf(&out, "✗ %s %s", code_text(why.code), why.subject);
    } else {
        struct slice *id = act_field(&made, "id");
        uint64_t *revision = act_field(&made, "revision");
        if (id != NULL) {
            *id = slice_text("0123456789abcdef");
        }
        if (revision != NULL && *revision == 0) {
            *revision = 1;
        }
        act_record_encode(&made, &bytes);
        void *again = arena_alloc(arena, made.layout->size);
        assert_true(layout_decode(made.layout, buf_slice_of(&bytes), again, &why));
        if (id != NULL) {
            *(struct slice *)((char *)again + ((char *)id - (char *)made.fields)) = slice_text("");
        }
        for (unsigned i = 0; i < made.layout->count; i++) {
            field_show(&made.layout->fields[i], (char *)again + made.layout->fields[i].offset,
                       &out);
        }
    }
    buf_byte(&out, '\0');
    assert_string_equal(out.data, wanted);
    buf_fini(&out);
    buf_fini(&bytes);
    json_decref(from);
    arena_free(&arena);
}

static void
acts_are_records(void **state)
{
    (void)state;
    becomes(
        "/api/report",
        "{\"form\":\"f\",\"unit\":\"u\",\"period\":\"2021\",\"campaign\":\"\",\"source\":null,"
        "\"values\":{\"a\":1,\"b\":null,\"c\":true,\"d\":\"1.50\",\"e\":0.1,\"g\":-12.25}}",
        "form=f unit=u period=2021 revision=1 "
        "values={\"a\":1,\"b\":null,\"c\":true,\"d\":\"1.50\",\"e\":\"0.1\",\"g\":\"-12.25\"} ");
    becomes("/api/report",
            "{\"form\":\"f\",\"unit\":\"u\",\"period\":\"2021\",\"merge\":true,\"revision\":5,"
            "\"values\":{\"a\":9223372036854775807}}",
            "form=f unit=u period=2021 revision=5 merge values={\"a\":9223372036854775807} ");
    becomes("/api/withdraw", "{\"form\":\"f\",\"unit\":\"u\",\"period\":\"2021\"}",
            "form=f unit=u period=2021 revision=1 ");
    becomes("/api/review", "{\"nomination\":\"" ID "\",\"act\":\"return\",\"reason\":\" Vì sao \"}",
            "nomination=" ID_HEX " act=2 reason=Vì sao ");
    becomes("/api/meeting",
            "{\"act\":\"open\",\"members\":[\"a\",\"b\"],\"nominations\":[\"" ID "\"],"
            "\"ballot_key\":\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F\"}",
            "act=1 members=[\"a\",\"b\"] nominations=[\"" ID_HEX "\"] "
            "ballot_key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f ");
    becomes("/api/vote",
            "{\"meeting\":\"" ID "\",\"nomination\":\"" ID
            "\",\"choice\":\"abstain\",\"written\":true}",
            "meeting=" ID_HEX " nomination=" ID_HEX " choice=3 written ");
    becomes("/api/vote", "{\"meeting\":\"" ID "\",\"nomination\":\"" ID "\",\"choice\":2}",
            "meeting=" ID_HEX " nomination=" ID_HEX " choice=2 ");
    becomes("/api/decide", "{\"nomination\":\"" ID "\",\"outcome\":\"refused\",\"reason\":\"x\"}",
            "nomination=" ID_HEX " outcome=2 reason=x ");
    /* Decomposed text, as some machines name their files, is composed. */
    becomes("/api/nominate",
            "{\"unit\":\"u\",\"award\":\"a\",\"kind\":\"household\",\"subject\":"
            "\"Hu\\u0065\\u0302\\u0301\",\"summary\":\"s\","
            "\"evidence\":[{\"unit\":\"u\",\"period\":\"2021\",\"indicator\":\"i\"}],\"documents\":"
            "[{\"bytes\":7,"
            "\"kind\":\"k\",\"name\":\"o\\u0302\",\"hash\":"
            "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"}]}",
            "unit=u award=a kind=3 subject=Huế summary=s evidence=[[\"u\",\"2021\",\"i\"]] "
            "documents=[[\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\","
            "\"k\",\"ô\",7]] ");
}

#define REPORT "\"form\":\"f\",\"unit\":\"u\",\"period\":\"2021\""

static void
acts_that_are_none(void **state)
{
    (void)state;
    assert_null(act_find("/api/opening"));
    becomes("/api/report", "[]", "✗ shape-invalid JSON");
    becomes("/api/report", "{}", "✗ missing-field form");
    becomes("/api/report", "{" REPORT "}", "✗ missing-field values");
    becomes("/api/report", "{" REPORT ",\"values\":[]}", "✗ wrong-type values");
    becomes("/api/report", "{" REPORT ",\"values\":{\"A\":1}}", "✗ indicator-unknown A");
    becomes("/api/report", "{" REPORT ",\"values\":{\"a\":[]}}", "✗ wrong-type a");
    becomes("/api/report", "{" REPORT ",\"values\":{\"a\":1e300}}", "✗ value-type a");
    becomes("/api/report", "{" REPORT ",\"values\":{\"a\":0.1234567890123456789}}",
            "✗ value-type a");
    becomes("/api/report", "{" REPORT ",\"values\":{\"a\":\"\\u0007\"}}", "✗ control-character a");
    becomes("/api/report", "{" REPORT ",\"id\":\"x\"}", "✗ key-unknown id");
    becomes("/api/report", "{" REPORT ",\"merge\":\"yes\"}", "✗ wrong-type merge");
    becomes("/api/report", "{" REPORT ",\"revision\":-1}", "✗ wrong-type revision");
    becomes("/api/report", "{" REPORT ",\"revision\":\"seven\"}", "✗ wrong-type revision");
    becomes("/api/report", "{\"form\":\"F\"}", "✗ code-invalid form");
    becomes("/api/report", "{\"form\":7}", "✗ wrong-type form");
    becomes("/api/report", "{\"period\":\"20211105202111052021\"}", "✗ too-large period");
    becomes("/api/approve", "{\"unit\":\"u\",\"period\":\"2021\",\"reopen\":true}",
            "✗ key-unknown reopen");
    becomes("/api/reopen", "{\"unit\":\"u\",\"period\":\"2021\"}", "✗ missing-field reason");
    becomes("/api/comment", "{\"nomination\":\"" ID "X\",\"text\":\"x\"}",
            "✗ wrong-type nomination");
    becomes("/api/comment", "{\"nomination\":\"01ARZ3NDEKTSV4RRFFQ69G5FAU!\",\"text\":\"x\"}",
            "✗ wrong-type nomination");
    becomes("/api/comment", "{\"nomination\":[],\"text\":\"x\"}", "✗ wrong-type nomination");
    becomes("/api/comment", "{\"nomination\":\"" ID "\",\"text\":\"  \"}", "✗ missing-field text");
    becomes("/api/review", "{\"nomination\":\"" ID "\",\"act\":\"table\"}", "✗ choice-invalid act");
    becomes("/api/review", "{\"nomination\":\"" ID "\",\"act\":256}", "✗ too-large act");
    becomes("/api/vote", "{\"meeting\":\"" ID "\",\"nomination\":\"" ID "\"}",
            "✗ missing-field choice");
    becomes("/api/vote", "{\"commitment\":\"00\"}", "✗ key-unknown commitment");
    becomes("/api/meeting", "{\"members\":[7]}", "✗ wrong-type members");
    becomes("/api/meeting", "{\"nominations\":[\"x\"]}", "✗ wrong-type nominations");
    becomes("/api/meeting", "{\"ballot_key\":\"00\"}", "✗ wrong-type ballot_key");
    becomes("/api/nominate", "{\"evidence\":[7]}", "✗ wrong-type unit");
    becomes("/api/nominate", "{\"documents\":[{\"hash\":\"zz\"}]}", "✗ wrong-type hash");
    becomes("/api/nominate", "{\"documents\":{}}", "✗ wrong-type documents");
}

/* ---- sessions ---- */

static void
sessions_begin_and_end(void **state)
{
    static struct logins s;
    char cookie[LOGIN_TEXT], other[LOGIN_TEXT], csrf[LOGIN_CSRF];
    (void)state;
    logins_init(&s);
    struct login_id id = logins_begin(&s, "p", "hash", 1000, cookie);
    assert_int_equal(strlen(cookie), LOGIN_TEXT - 1);
    assert_int_equal(logins_find(&s, cookie, 2000).tag, id.tag);
    logins_csrf(&s, id, csrf);
    assert_true(logins_csrf_is(&s, id, csrf));
    csrf[0] = csrf[0] == '0' ? '1' : '0';
    assert_false(logins_csrf_is(&s, id, csrf));
    assert_false(logins_csrf_is(&s, id, ""));
    struct login_id second = logins_begin(&s, "p", "hash", 1000, other);
    assert_string_not_equal(cookie, other);
    logins_csrf(&s, second, csrf);
    assert_false(logins_csrf_is(&s, id, csrf));
    cookie[0] = cookie[0] == 'A' ? 'B' : 'A';
    assert_int_equal(logins_find(&s, cookie, 2000).tag, 0);
    assert_int_equal(logins_find(&s, "", 2000).tag, 0);
    /* idle, then too old whatever it did */
    assert_null(logins_at(&s, id, 1000 + LOGIN_IDLE_MS));
    for (int64_t now = 1000; now < 1000 + LOGIN_LIFE_MS; now += LOGIN_IDLE_MS / 2) {
        assert_non_null(logins_at(&s, second, now));
        logins_at(&s, second, now)->used_ms = now;
    }
    assert_null(logins_at(&s, second, 1000 + LOGIN_LIFE_MS));
    assert_int_equal(s.count, 0);
}

static void
sessions_end_with_the_password(void **state)
{
    static struct logins s;
    char cookie[LOGIN_TEXT];
    (void)state;
    logins_init(&s);
    struct login_id id = logins_begin(&s, "p", "hash", 0, cookie);
    assert_true(logins_is_confirmed(logins_at(&s, id, SIGN_IN_MS - 1), SIGN_IN_MS - 1));
    assert_false(logins_is_confirmed(logins_at(&s, id, SIGN_IN_MS), SIGN_IN_MS));
    assert_true(logins_confirm(&s, id, "hash", SIGN_IN_MS));
    assert_true(logins_is_confirmed(logins_at(&s, id, SIGN_IN_MS), SIGN_IN_MS));
    assert_false(logins_confirm(&s, id, "another", SIGN_IN_MS));
    assert_null(logins_at(&s, id, SIGN_IN_MS));
    id = logins_begin(&s, "p", "", 0, cookie);
    assert_false(logins_confirm(&s, id, "", 0));
    assert_int_equal(logins_find(&s, cookie, 0).tag, 0);
}

static void
sessions_are_bounded(void **state)
{
    static struct logins s;
    char cookie[LOGIN_TEXT], name[CODE_MAX + 1];
    (void)state;
    logins_init(&s);
    struct login_id first = logins_begin(&s, "p", "h", 0, cookie);
    for (int64_t i = 1; i < LOGINS_EACH; i++) {
        (void)logins_begin(&s, "p", "h", i, cookie);
    }
    assert_non_null(logins_at(&s, first, 100));
    logins_at(&s, first, 100)->used_ms =
        100; /* so the second is the one not used for the longest */
    struct login_id more = logins_begin(&s, "p", "h", 100, cookie);
    assert_non_null(logins_at(&s, first, 100));
    assert_non_null(logins_at(&s, more, 100));
    assert_int_equal(s.count, LOGINS_EACH);
    for (unsigned i = 0; i < LOGINS_MAX; i++) {
        snprintf(name, sizeof name, "q%u", i);
        (void)logins_begin(&s, name, "h", 200 + i, cookie);
    }
    assert_int_equal(s.count, LOGINS_MAX);
    assert_null(logins_at(&s, first, 10000));
    /* An id outlives its session, and is not the next one's. */
    assert_null(logins_at(&s, more, 10000));
}

/* ---- wrong passwords ---- */

static void
wrong_passwords(void **state)
{
    static struct lockouts l;
    struct lockout_keys a = {11, 12, 13}, b = {21, 12, 23};
    (void)state;
    for (unsigned i = 0; i < PAIR_FAILURES; i++) {
        assert_int_equal(lockouts_wait_ms(&l, &a, 0), 0);
        lockouts_count(&l, &a, 0);
    }
    assert_int_equal(lockouts_wait_ms(&l, &a, 1), LOCK_MS - 1);
    assert_int_equal(lockouts_wait_ms(&l, &b, 1), 0);
    assert_int_equal(lockouts_wait_ms(&l, &a, LOCK_MS), 0);
    lockouts_count(&l, &a, LOCK_MS); /* one more, and it waits again */
    assert_int_equal(lockouts_wait_ms(&l, &a, LOCK_MS), LOCK_MS);
    lockouts_count(&l, &a, LOCK_MS + FORGET_MS); /* an hour later it is the first */
    assert_int_equal(lockouts_wait_ms(&l, &a, LOCK_MS + FORGET_MS), 0);
    lockouts_forget(&l, &a);
    assert_int_equal(lockouts_wait_ms(&l, &a, LOCK_MS + FORGET_MS), 0);
}

static void
wrong_passwords_of_many(void **state)
{
    static struct lockouts l;
    struct lockout_keys own = {1, 500, 2};
    (void)state;
    /* Strangers from many addresses: the principal is locked, but not where it has been before. */
    lockouts_forget(&l, &own);
    for (uint64_t i = 0; i < PRINCIPAL_FAILURES; i++) {
        struct lockout_keys each = {1000 + i, 500, 3000 + i};
        lockouts_count(&l, &each, 0);
    }
    assert_int_equal(lockouts_wait_ms(&l, &(struct lockout_keys){9, 500, 10}, 0), LOCK_MS);
    assert_int_equal(lockouts_wait_ms(&l, &own, 0), 0);
    /* One address that tries every name. */
    for (uint64_t i = 0; i < ADDRESS_FAILURES; i++) {
        struct lockout_keys each = {5000 + i, 6000 + i, 7};
        lockouts_count(&l, &each, 0);
    }
    assert_int_equal(lockouts_wait_ms(&l, &(struct lockout_keys){8, 9, 7}, 0), LOCK_MS);
    /* A row that is full gives up the one with the fewest. */
    struct lockout_keys kept = {LOCKOUT_ROWS * 3, LOCKOUT_ROWS * 3 + 1, LOCKOUT_ROWS * 3 + 2};
    for (unsigned i = 0; i < PAIR_FAILURES; i++) {
        lockouts_count(&l, &kept, 0);
    }
    for (uint64_t i = 4; i < 100; i++) {
        struct lockout_keys each = {LOCKOUT_ROWS * i, LOCKOUT_ROWS * i + 8, LOCKOUT_ROWS * i + 9};
        lockouts_count(&l, &each, 0);
    }
    assert_int_equal(lockouts_wait_ms(&l, &kept, 0), LOCK_MS);
}

/* ---- pages ---- */

static void
file_write(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
pages_by_their_addresses(void **state)
{
    char folder[] = "/tmp/td-pages-XXXXXX", path[512];
    struct pages pages;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/js", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    file_write(folder, "index.html", "<p>");
    file_write(folder, "js/a.mjs",
               "1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1");
    file_write(folder, "notes.txt", "no page");
    file_write(folder, ".a.js", "hidden");
    snprintf(path, sizeof path, "%s/link.js", folder);
    assert_int_equal(symlink("js/a.mjs", path), 0);
    pages_load(&pages, folder);
    const struct page *index = pages_find(&pages, "/console/"),
                      *a = pages_find(&pages, "/console/js/a.mjs");
    assert_non_null(index);
    assert_string_equal(index->type, "text/html; charset=utf-8");
    assert_int_equal(index->zipped.len, 0);
    assert_non_null(a);
    assert_in_range(a->zipped.len, 1, a->body.len - 1);
    assert_string_not_equal(a->etag, index->etag);
    const char *const none[] = {"",
                                "/",
                                "/console",
                                "/console/index.html",
                                "/console/notes.txt",
                                "/console/.a.js",
                                "/console/link.js",
                                "/console/js",
                                "/console/js/",
                                "/console/js/../js/a.mjs"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(pages_find(&pages, none[i]));
    }
    pages_free(&pages);
    assert_null(pages_find(&pages, "/console/"));
    assert_int_equal(file_remove_tree(folder), ERR_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts_are_records),        cmocka_unit_test(acts_that_are_none),
        cmocka_unit_test(sessions_begin_and_end),  cmocka_unit_test(sessions_end_with_the_password),
        cmocka_unit_test(sessions_are_bounded),    cmocka_unit_test(wrong_passwords),
        cmocka_unit_test(wrong_passwords_of_many), cmocka_unit_test(pages_by_their_addresses),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
