/* A recount believes no answer: one meeting, rightly told, then with each of its numbers, names and bytes told
 * otherwise, or not at all. Nothing of it may be added up to more than there is (the build under UBSan),
 * and each mistake has its word. */
#include "clients/meeting_check.h"
#include "proto/ballot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sodium.h>

#define HEX(size) (2 * (size) + 1)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Four members, three there; item 0 open: yes yes no; item 1 secret: yes no abstain, and yes in writing. */
static json_t *
member(const char *name, bool present)
{
    return json_pack("{s:s, s:b}", "principal", name, "present", present);
}

static json_t *
open_vote(const char *name, const char *choice)
{
    return json_pack("{s:s, s:b, s:b, s:s}", "principal", name, "written", 0, "secret", 0, "choice",
                     choice);
}

static json_t *
sums_of(int yes, int no, int abstain, int base, int taking_part)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:b, s:b, s:b}", "yes", yes, "no", no,
                     "abstain", abstain, "spoilt", 0, "base", base, "taking_part", taking_part,
                     "counted", 1, "quorum", 1, "carried", 1);
}

static json_t *
open_item(void)
{
    return json_pack("{s:s, s:{s:i, s:s, s:i}, s:[o, o, o], s:n, s:o, s:{s:i, s:i, s:i, s:i, s:i}}",
                     "nomination", "01", "rule", "percent", 50, "of", "present", "quorum", 50,
                     "votes", open_vote("m1", "yes"), open_vote("m2", "yes"), open_vote("m3", "no"),
                     "opening", "sums", sums_of(2, 1, 0, 3, 3), "recorded", "yes", 2, "no", 1,
                     "abstain", 0, "spoilt", 0, "base", 3);
}

static json_t *
secret_item(void)
{
    static const enum choice choices[] = {CHOICE_YES, CHOICE_NO, CHOICE_ABSTAIN, CHOICE_YES};
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    char digits[HEX(BALLOT_SEALED_SIZE)], name[4];
    struct ballot_count count;
    json_t *votes = json_array();
    ballot_key_new(public_key, secret_key);
    ballot_count_begin(&count);
    for (int i = 0; i < 4; i++) {
        struct ballot made;
        struct ballot_cast cast = {.place = {(uint8_t)i}};
        assert_true(ballot_make(choices[i], cast.place, public_key, &made));
        cast.commitment = slice_of(made.commitment, sizeof(made.commitment));
        cast.sealed = slice_of(made.sealed, sizeof(made.sealed));
        assert_true(ballot_open(&cast, public_key, secret_key, &count));
        snprintf(name, sizeof(name), "m%d", i + 1);
        sodium_bin2hex(digits, sizeof(digits), made.commitment, sizeof(made.commitment));
        json_array_append_new(votes, json_pack("{s:s, s:b, s:b, s:s}", "principal", name, "written",
                                               i == 3, "secret", 1, "commitment", digits));
    }
    sodium_bin2hex(digits, sizeof(digits), count.blinding, sizeof(count.blinding));
    return json_pack("{s:s, s:{s:i, s:s, s:i}, s:o, s:{s:i, s:i, s:i, s:s, s:[]}, s:o, s:n}",
                     "nomination", "02", "rule", "percent", 50, "of", "total", "quorum", 0, "votes",
                     votes, "opening", "yes", 2, "no", 1, "abstain", 1, "blinding", digits,
                     "spoilt", "sums", sums_of(2, 1, 1, 4, 4), "recorded");
}

static json_t *
meeting_new(void)
{
    return json_pack("{s:[o, o, o, o], s:[o, o]}", "members", member("m1", true),
                     member("m2", true), member("m3", true), member("m4", false), "table",
                     open_item(), secret_item());
}

/* Which item is wrong, and how: "1 blinding"; "" where none is. */
static void
recount(const json_t *meeting, char told[40])
{
    bool right;
    size_t i;
    json_t *item, *list = meeting_recount(meeting, &right);
    told[0] = '\0';
    assert_int_equal(json_array_size(list), json_array_size(json_object_get(meeting, "table")));
    json_array_foreach(list, i, item)
    {
        const char *wrong = json_string_value(json_object_get(item, "wrong"));
        if (wrong[0] != '\0' && told[0] == '\0') {
            snprintf(told, 40, "%zu %s", i, wrong);
        }
    }
    assert_true(right == (told[0] == '\0'));
    json_decref(list);
}

/* "table 1 opening yes": members by name, places of arrays by number. The last word's owner. */
static json_t *
owner_of(json_t *meeting, const char *path, char last[20])
{
    json_t *at = meeting;
    for (;;) {
        size_t len = strcspn(path, " ");
        snprintf(last, 20, "%.*s", (int)len, path);
        if (path[len] == '\0') {
            return at;
        }
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(last)) : json_object_get(at, last);
        assert_non_null(at);
        path += len + 1;
    }
}

static void
expect(const char *path, json_t *value, const char *wanted)
{
    char last[20], told[40];
    json_t *meeting = meeting_new(), *owner = owner_of(meeting, path, last);
    char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_int_equal(json_is_array(owner) ? json_array_set(owner, (size_t)atoi(last), value)
                                          : json_object_set(owner, last, value),
                     0);
    recount(meeting, told);
    if (strcmp(told, wanted) != 0) {
        fail_msg("%s = %s: \"%s\" instead of \"%s\"", path, shown, told, wanted);
    }
    free(shown);
    json_decref(value);
    json_decref(meeting);
}

static void
test_right(void **state)
{
    (void)state;
    char told[40];
    json_t *meeting = meeting_new();
    recount(meeting, told);
    assert_string_equal(told, "");
    json_decref(meeting);
}

/* Every number of the answer, told as any other. */
static void
test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t right;
        const char *wrong;
    } numbers[] = {
        {"table 0 sums yes", 2, "0 sums"},
        {"table 0 sums no", 1, "0 sums"},
        {"table 0 sums abstain", 0, "0 sums"},
        {"table 0 sums spoilt", 0, "0 sums"},
        {"table 0 sums base", 3, "0 sums"},
        {"table 0 sums taking_part", 3, "0 sums"},
        {"table 0 recorded yes", 2, "0 recorded"},
        {"table 0 recorded no", 1, "0 recorded"},
        {"table 0 recorded spoilt", 0, "0 recorded"},
        {"table 0 recorded abstain", 0, "0 recorded"},
        {"table 1 opening yes", 2, "1 opening"},
        {"table 1 opening no", 1, "1 opening"},
        {"table 1 opening abstain", 1, "1 opening"},
    };
    static const int64_t values[] = {0,        1, 2, 3, 5, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1,
                                     1ll << 32};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        for (size_t v = 0; v < COUNT(values); v++) {
            if (values[v] != numbers[i].right) {
                expect(numbers[i].path, json_integer(values[v]), numbers[i].wrong);
            }
        }
        expect(numbers[i].path, json_string("x"), numbers[i].right == 0 ? "" : numbers[i].wrong);
    }
    expect("table 0 recorded base", json_integer(4), ""); /* by a rule of that day: of all */
    expect("table 0 recorded base", json_integer(2), "0 recorded");
}

static void
test_words(void **state)
{
    (void)state;
    expect("table 0 votes 0 choice", json_string("no"), "0 sums");
    expect("table 0 votes 0 principal", json_string("m2"), "0 voter"); /* twice */
    expect("table 0 votes 0 principal", json_string("m9"), "0 voter");
    expect("table 0 votes 2", open_vote("m4", "no"), "0 voter"); /* not there, nor in writing */
    expect("members 0", member("m9", true), "0 voter");
    expect("table 1 votes 3 written", json_false(), "1 voter");
    expect("table 0 rule percent", json_integer(67), "0 sums"); /* two of three is less */
    expect("table 0 rule of", json_string("total"), "0 sums");
    expect("table 0 rule", json_null(), "0 sums");
    expect("table 0 sums carried", json_false(), "0 sums");
    expect("table 0 sums quorum", json_false(), "0 sums");
    expect("table 0 sums counted", json_false(), "0 sums");
    expect("table 1 opening", json_null(), "1 sums");
    expect("table 1 opening blinding", json_string("00"), "1 blinding");
    expect("table 1 opening blinding", json_integer(7), "1 blinding");
    expect("table 1 opening spoilt", json_pack("[s]", "m1"), "1 opening");
    expect("table 1 votes 0 commitment", json_string("ff"), "1 commitment");
    expect("table 1 votes 0 choice", json_string("yes"), ""); /* a secret one says nothing */
    expect("table 1 votes 0 secret", json_false(), "1 opening");
}

/* Two numbers that make up for each other are no count of these ballots either. */
static void
test_swapped(void **state)
{
    (void)state;
    char told[40];
    for (int yes = 0; yes <= 4; yes++) {
        for (int no = 0; no + yes <= 4; no++) {
            json_t *meeting = meeting_new(),
                   *item = json_array_get(json_object_get(meeting, "table"), 1);
            json_t *opening = json_object_get(item, "opening");
            json_object_set_new(opening, "yes", json_integer(yes));
            json_object_set_new(opening, "no", json_integer(no));
            json_object_set_new(opening, "abstain", json_integer(4 - yes - no));
            recount(meeting, told);
            assert_string_equal(told, yes == 2 && no == 1 ? "" : "1 blinding");
            json_decref(meeting);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_swapped),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
