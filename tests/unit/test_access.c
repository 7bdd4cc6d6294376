/* Access records there and back, what is refused of them, and the table of all principals: by name, by
 * key, keys that are changed, taken over and set free. */
#include "proto/access_table.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static const uint8_t ID[16] = {1};

/* A principal with the keys whose every byte is `key_a` and `key_b`; 0: none. */
static struct buf
body_of(const char *principal, uint32_t roles, uint8_t key_a, uint8_t key_b)
{
    struct access_entry entry = {.principal = slice_text(principal), .roles = roles};
    struct buf out = BUF_EMPTY;
    const uint8_t keys[] = {key_a, key_b};
    for (size_t i = 0; i < 2; i++) {
        if (keys[i] != 0) {
            memset(entry.keys[entry.key_count++], keys[i], ACCESS_KEY_SIZE);
        }
    }
    access_encode(&entry, ID, &out);
    return out;
}

static enum code
put(struct access_table *t, const char *principal, uint32_t roles, uint8_t key_a, uint8_t key_b)
{
    struct buf body = body_of(principal, roles, key_a, key_b);
    struct complaint why = {0};
    bool good = access_table_put(t, buf_slice_of(&body), &why);
    assert_true(good == (why.code == CODE_NONE));
    buf_fini(&body);
    return why.code;
}

static const char *
owner(const struct access_table *t, uint8_t byte)
{
    static char name[CODE_MAX + 1];
    uint8_t key[ACCESS_KEY_SIZE];
    memset(key, byte, sizeof(key));
    const struct access_entry *found = access_table_by_key(t, key);
    if (found == NULL) {
        return "";
    }
    snprintf(name, sizeof(name), "%.*s", SLICE_ARG(found->principal));
    return name;
}

static void
there_and_back(void **state)
{
    (void)state;
    struct access_unit units[] = {{slice_text("district-001"), true},
                                  {slice_text("ward-00001"), false}};
    struct slice acts_for[] = {slice_text("ward-00001"), slice_text("*")};
    struct access_entry in = {.principal = slice_text("gate"),
                              .title = slice_text("Cổng báo cáo"),
                              .roles = ACCESS_BIT(ACCESS_GATEWAY) | ACCESS_BIT(ACCESS_SUBMITTER),
                              .key_count = 2,
                              .unit_count = 2,
                              .acts_for_count = 2,
                              .keys = {{7}, {8}},
                              .units = units,
                              .acts_for = acts_for,
                              .token_count = 1,
                              .tokens = {{slice_text("dhis2"), {9}, 18932}},
                              .password = slice_text("$argon2id$v=19$m=8,t=1,p=1$x$y")};
    struct buf out = BUF_EMPTY;
    struct arena *arena = arena_new();
    struct record_access record;
    struct access_entry entry;
    struct complaint why;
    access_encode(&in, ID, &out);
    assert_true(layout_decode(record_layout(RECORD_access), buf_slice_of(&out), &record, &why));
    assert_true(access_decode(&record, arena, &entry, &why));
    assert_true(slice_is(entry.principal, "gate") && slice_is(entry.title, "Cổng báo cáo"));
    assert_int_equal(entry.roles, in.roles);
    assert_true(entry.key_count == 2 && entry.keys[0][0] == 7 && entry.keys[1][0] == 8);
    assert_true(entry.unit_count == 2 && slice_is(entry.units[0].code, "district-001"));
    assert_true(entry.units[0].subtree && !entry.units[1].subtree);
    assert_true(entry.acts_for_count == 2 && slice_is(entry.acts_for[1], "*"));
    assert_true(entry.token_count == 1 && slice_is(entry.tokens[0].name, "dhis2"));
    assert_true(entry.tokens[0].hash[0] == 9 && entry.tokens[0].until == 18932);
    assert_true(slice_equal(entry.password, in.password));
    /* Revoked, neither signs anybody in. */
    record.roles = 0;
    record.acts_for = slice_of(NULL, 0);
    assert_true(access_decode(&record, arena, &entry, &why));
    assert_true(entry.token_count == 0 && entry.password.len == 0);
    record.password = slice_text("$1$plain");
    assert_false(access_decode(&record, arena, &entry, &why));
    buf_fini(&out);
    arena_free(&arena);
}

/* The code of what is wrong with a record whose lists are `keys`, `units` and `acts_for`. */
static enum code
mistake(const char *principal, uint64_t roles, const struct buf *keys, const struct buf *units,
        const struct buf *acts_for)
{
    struct record_access record = {.principal = slice_text(principal), .roles = roles};
    struct arena *arena = arena_new();
    struct access_entry entry;
    struct complaint why = {0};
    record.keys = keys == NULL ? record.keys : buf_slice_of(keys);
    record.units = units == NULL ? record.units : buf_slice_of(units);
    record.acts_for = acts_for == NULL ? record.acts_for : buf_slice_of(acts_for);
    bool good = access_decode(&record, arena, &entry, &why);
    assert_true(good == (why.code == CODE_NONE));
    arena_free(&arena);
    return why.code;
}

static struct buf
keys_of(uint32_t n, size_t len, uint8_t step)
{
    struct buf out = BUF_EMPTY;
    uint8_t key[64] = {0};
    pack_array(&out, n);
    for (uint32_t i = 0; i < n; i++) {
        pack_bytes(&out, slice_of(key, len));
        key[0] = (uint8_t)(key[0] + step);
    }
    return out;
}

static void
bad_keys_are_told(void **state)
{
    (void)state;
    static const struct {
        uint32_t n;
        size_t len;
        uint8_t step;
        enum code code;
    } cases[] = {
        {0, 32, 0, CODE_NONE},     {2, 32, 1, CODE_NONE},       {2, 32, 0, CODE_DUPLICATE_KEY},
        {3, 32, 1, CODE_TOO_MANY}, {1, 31, 1, CODE_WRONG_TYPE}, {1, 33, 1, CODE_WRONG_TYPE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf keys = keys_of(cases[i].n, cases[i].len, cases[i].step);
        assert_int_equal(mistake("a", ACCESS_BIT(ACCESS_AUDITOR), &keys, NULL, NULL),
                         cases[i].code);
        buf_fini(&keys);
    }
}

static void
bad_names_and_roles_are_told(void **state)
{
    (void)state;
    struct buf list = BUF_EMPTY;
    assert_int_equal(mistake("local", 1, NULL, NULL, NULL), CODE_CHOICE_INVALID);
    assert_int_equal(mistake("a", 0, NULL, NULL, NULL), CODE_NONE);
    assert_int_equal(mistake("a", 1u << ACCESS_ROLE_COUNT, NULL, NULL, NULL), CODE_NUMBER_INVALID);
    assert_int_equal(mistake("a", ACCESS_ALL, NULL, NULL, NULL), CODE_NUMBER_INVALID);
    assert_int_equal(mistake("a", ACCESS_ALL - 1, NULL, NULL, NULL), CODE_NONE);
    pack_array(&list, 1);
    pack_cstr(&list, "Ward");
    assert_int_equal(mistake("a", 1, NULL, &list, NULL), CODE_WRONG_TYPE);
    assert_int_equal(mistake("a", 1, NULL, NULL, &list), CODE_CHOICE_INVALID);
    assert_int_equal(mistake("a", ACCESS_BIT(ACCESS_GATEWAY), NULL, NULL, &list),
                     CODE_CODE_INVALID);
    buf_clear(&list);
    pack_array(&list, 1);
    pack_array(&list, 2);
    pack_cstr(&list, "Ward");
    pack_bool(&list, true);
    assert_int_equal(mistake("a", 1, NULL, &list, NULL), CODE_CODE_INVALID);
    buf_clear(&list);
    pack_uint(&list, 1);
    assert_int_equal(mistake("a", 1, NULL, &list, NULL), CODE_WRONG_TYPE);
    buf_fini(&list);
}

static void
too_long_lists_are_told(void **state)
{
    (void)state;
    struct buf units = BUF_EMPTY;
    pack_array(&units, ACCESS_UNITS_MAX + 1);
    for (unsigned i = 0; i <= ACCESS_UNITS_MAX; i++) {
        pack_array(&units, 2);
        pack_cstr(&units, "ward");
        pack_bool(&units, false);
    }
    assert_int_equal(mistake("a", 1, NULL, &units, NULL), CODE_TOO_MANY);
    buf_fini(&units);
}

static void
found_by_name_and_by_key(void **state)
{
    (void)state;
    struct access_table *t = access_table_new();
    const struct access_entry *local = access_table_find(t, slice_text("local"));
    assert_non_null(local);
    assert_int_equal(local->roles, ACCESS_ALL);
    assert_int_equal(access_table_count(t), 0);
    assert_int_equal(put(t, "ward-2", 1, 2, 0), CODE_NONE);
    assert_int_equal(put(t, "ward-1", 1, 1, 3), CODE_NONE);
    assert_int_equal(access_table_count(t), 2);
    assert_true(slice_is(access_table_at(t, 0)->principal, "ward-1"));
    assert_true(slice_is(access_table_at(t, 1)->principal, "ward-2"));
    assert_null(access_table_at(t, 2));
    assert_string_equal(owner(t, 1), "ward-1");
    assert_string_equal(owner(t, 3), "ward-1");
    assert_string_equal(owner(t, 2), "ward-2");
    assert_string_equal(owner(t, 9), "");
    assert_null(access_table_find(t, slice_text("ward-3")));
    access_table_free(&t);
    assert_null(t);
}

static void
a_key_is_one_principals(void **state)
{
    (void)state;
    struct access_table *t = access_table_new();
    assert_int_equal(put(t, "a", 1, 1, 2), CODE_NONE);
    assert_int_equal(put(t, "b", 1, 3, 2), CODE_KEY_TAKEN);
    assert_null(access_table_find(t, slice_text("b")));
    assert_string_equal(owner(t, 3), "");
    assert_int_equal(put(t, "a", 1, 2, 4), CODE_NONE); /* 1 is rotated out, 4 in */
    assert_string_equal(owner(t, 1), "");
    assert_string_equal(owner(t, 4), "a");
    assert_int_equal(put(t, "b", 1, 1, 0), CODE_NONE);
    assert_int_equal(put(t, "a", 0, 2, 4), CODE_NONE); /* revoked: its keys are nobody's */
    const struct access_entry *revoked = access_table_find(t, slice_text("a"));
    assert_true(revoked != NULL && revoked->roles == 0 && revoked->key_count == 0);
    assert_string_equal(owner(t, 2), "");
    assert_int_equal(put(t, "b", 1, 2, 4), CODE_NONE);
    assert_string_equal(owner(t, 4), "b");
    access_table_free(&t);
}

/* Twenty thousand, put in an order that is not theirs; and not one more. */
static void
the_table_is_full(void **state)
{
    (void)state;
    struct access_table *t = access_table_new();
    char name[CODE_MAX];
    for (unsigned i = 0; i < ACCESS_PRINCIPALS_MAX; i++) {
        snprintf(name, sizeof(name), "p-%05u", i * 7919u % ACCESS_PRINCIPALS_MAX);
        assert_int_equal(put(t, name, 1, 0, 0), CODE_NONE);
    }
    assert_int_equal(access_table_count(t), ACCESS_PRINCIPALS_MAX);
    assert_true(slice_is(access_table_at(t, 1234)->principal, "p-01234"));
    assert_int_equal(put(t, "q", 1, 0, 0), CODE_TOO_MANY);
    assert_int_equal(put(t, "p-00007", 2, 0, 0), CODE_NONE);
    access_table_free(&t);
}

static void
words(void **state)
{
    (void)state;
    struct slice who, via;
    enum access_role role;
    principal_split(slice_text("ward@gate"), &who, &via);
    assert_true(slice_is(who, "ward") && slice_is(via, "gate"));
    principal_split(slice_text("ward"), &who, &via);
    assert_true(slice_is(who, "ward") && via.len == 0);
    principal_split(slice_text("a@"), &who, &via);
    assert_true(slice_is(who, "a") && via.len == 0);
    for (unsigned i = 0; i < ACCESS_ROLE_COUNT; i++) {
        assert_true(access_role_parse(slice_text(access_role_name((enum access_role)i)), &role));
        assert_int_equal(role, i);
    }
    assert_false(access_role_parse(slice_text("king"), &role));
    assert_string_equal(access_role_name(ACCESS_ROLE_COUNT), "");
}

static void
keys_have_one_spelling(void **state)
{
    (void)state;
    uint8_t key[ACCESS_KEY_SIZE] = {0xab, 0x01, 0xff};
    uint8_t back[ACCESS_KEY_SIZE];
    char text[ACCESS_KEY_TEXT];
    access_key_format(key, text);
    assert_memory_equal(text, "ab01ff00", 8);
    assert_true(access_key_parse(slice_text(text), back));
    assert_memory_equal(key, back, sizeof(key));
    text[0] = 'A';
    assert_false(access_key_parse(slice_text(text), back));
    text[0] = 'g';
    assert_false(access_key_parse(slice_text(text), back));
    assert_false(access_key_parse(slice_text("ab"), back));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(bad_keys_are_told),
        cmocka_unit_test(bad_names_and_roles_are_told),
        cmocka_unit_test(too_long_lists_are_told),
        cmocka_unit_test(found_by_name_and_by_key),
        cmocka_unit_test(a_key_is_one_principals),
        cmocka_unit_test(the_table_is_full),
        cmocka_unit_test(words),
        cmocka_unit_test(keys_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
