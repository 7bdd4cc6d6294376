/* Manifests: what is written is read again; what was cut, changed or leads elsewhere is refused. */
#include "common/file.h"
#include "common/log.h"
#include "proto/manifest.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static void
fill(struct manifest *m)
{
    uint8_t hash[FILE_HASH_SIZE];
    *m = (struct manifest){
        .taken_us = 1636074000000000, .first = 3, .head = 60, .head_time_us = 1636073999000000};
    memset(m->chain, 0xab, sizeof(m->chain));
    manifest_shards_set(m, 3);
    m->states[0] = (struct manifest_state){.there = true, .position = 58};
    m->states[2] = (struct manifest_state){.there = true, .position = 60};
    memset(m->states[2].hash, 7, sizeof(m->states[2].hash));
    for (int i = 0; i < 5; i++) {
        char name[MANIFEST_NAME_MAX];
        snprintf(name, sizeof(name), "journal/%016d.mdb", i + 1);
        memset(hash, i, sizeof(hash));
        manifest_add(m, name, hash);
    }
}

static void
test_round(void **state)
{
    struct manifest m, again;
    struct buf text = BUF_EMPTY, second = BUF_EMPTY;
    (void)state;
    fill(&m);
    manifest_encode(&m, &text);
    assert_int_equal(manifest_decode(buf_slice_of(&text), &again), ERR_OK);
    assert_true(again.taken_us == m.taken_us && again.first == 3 && again.head == 60);
    assert_true(again.head_time_us == m.head_time_us && again.shards == 3);
    assert_memory_equal(again.chain, m.chain, sizeof(m.chain));
    assert_true(again.states[0].there && !again.states[1].there && again.states[2].there);
    assert_true(again.states[2].position == 60 && again.states[2].hash[31] == 7);
    assert_int_equal(again.file_count, 5);
    assert_non_null(manifest_find(&again, "journal/0000000000000005.mdb"));
    assert_null(manifest_find(&again, "journal/0000000000000006.mdb"));
    manifest_encode(&again, &second);
    assert_true(slice_equal(buf_slice_of(&text), buf_slice_of(&second)));
    buf_fini(&text);
    buf_fini(&second);
    manifest_fini(&m);
    manifest_fini(&again);
}

static void
test_cut_and_changed(void **state)
{
    struct manifest m, again;
    struct buf text = BUF_EMPTY;
    (void)state;
    fill(&m);
    manifest_encode(&m, &text);
    for (size_t len = 0; len < text.len; len++) {
        assert_int_equal(manifest_decode(slice_of(text.data, len), &again), ERR_FORMAT);
    }
    for (size_t at = 0; at + 1 < text.len; at++) {
        text.data[at] ^= 0x04;
        assert_int_equal(manifest_decode(buf_slice_of(&text), &again), ERR_FORMAT);
        text.data[at] ^= 0x04;
    }
    buf_fini(&text);
    manifest_fini(&m);
}

/* A text with a right sum, as somebody who can compute one would write it. */
static enum err
decode_signed(const char *lines)
{
    struct buf text = BUF_EMPTY;
    struct manifest m;
    uint8_t sum[32];
    char hex[65];
    buf_put(&text, lines, strlen(lines));
    crypto_generichash(sum, sizeof(sum), text.data, text.len, NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
    buf_printf(&text, "# sum %s\n", hex);
    enum err err = manifest_decode(buf_slice_of(&text), &m);
    manifest_fini(&m);
    buf_fini(&text);
    return err;
}

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TOP "# thidua backup 1\n# taken 1\n# journal 1 2 3 " HEX "\n# shards 2\n"

static void
test_names_and_numbers(void **state)
{
    static const char *const bad[] = {
        TOP HEX "  ../../etc/passwd\n",
        TOP HEX "  /etc/passwd\n",
        TOP HEX "  journal/../../x\n",
        TOP HEX "  journal/.hidden\n",
        TOP HEX "  journal/a/b\n",
        TOP HEX "  other/a\n",
        TOP HEX "  journal/\n",
        TOP "0011  journal/a\n",
        TOP "# state 2 5 " HEX "\n",
        TOP "# state 0 x " HEX "\n",
        "# thidua backup 1\n# shards 100000\n",
        "# thidua backup 1\n# journal 3 2 3 " HEX "\n",
        "# thidua backup 1\n# journal 0 2 3 " HEX "\n",
        "# thidua backup one\n",
        "nothing of the kind\n",
        "",
    };
    (void)state;
    assert_int_equal(decode_signed(TOP HEX "  journal/a.mdb\n"), ERR_OK);
    assert_int_equal(decode_signed(TOP "# a remark of a later program\n"), ERR_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(decode_signed(bad[i]), ERR_FORMAT);
    }
    assert_int_equal(decode_signed("# thidua backup 2\n# what?\n"), ERR_VERSION);
}

static void
test_files(void **state)
{
    char *folder = tempdir_new(), *inner = tempdir_path(folder, "journal");
    char *path = tempdir_path(inner, "0000000000000001.mdb"), name[MANIFEST_NAME_MAX];
    struct manifest m, newest, next = {0};
    (void)state;
    fill(&m);
    assert_int_equal(manifest_newest(folder, &newest), ERR_NOT_FOUND);
    for (m.head = 9; m.head < 1000; m.head *= 10) {
        manifest_name(m.head, name);
        assert_int_equal(manifest_write(folder, name, &m), ERR_OK);
    }
    assert_int_equal(manifest_write(folder, MANIFEST_PENDING, &m), ERR_OK);
    assert_int_equal(manifest_newest(folder, &newest), ERR_OK);
    assert_true(newest.head == 900);

    assert_int_equal(file_make_folder(inner), ERR_OK);
    assert_int_equal(manifest_check(folder, &newest.files[0]), ERR_NOT_FOUND);
    assert_int_equal(file_replace(path, slice_text("a segment")), ERR_OK);
    assert_int_equal(manifest_check(folder, &newest.files[0]), ERR_CORRUPT);
    assert_int_equal(manifest_keep(folder, &newest, newest.files[0].name, &next), ERR_NOT_FOUND);
    assert_int_equal(file_hash(path, newest.files[0].hash, NULL), ERR_OK);
    assert_int_equal(manifest_check(folder, &newest.files[0]), ERR_OK);
    assert_int_equal(manifest_keep(folder, &newest, newest.files[0].name, &next), ERR_OK);
    assert_int_equal(next.file_count, 1);
    manifest_fini(&m);
    manifest_fini(&newest);
    manifest_fini(&next);
    free(path);
    free(inner);
    tempdir_free(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_cut_and_changed),
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_files),
    };
    log_open("test_manifest", LOG_ERROR);
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
