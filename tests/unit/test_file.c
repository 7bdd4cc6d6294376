/* Files that are whole or not there. */
#include "common/file.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
setup(void **state)
{
    *state = tempdir_new();
    return 0;
}

static int
teardown(void **state)
{
    tempdir_free(*state);
    return 0;
}

static unsigned
entries(const char *folder)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n - 2; /* "." and ".." */
}

static void
test_replace_and_read(void **state)
{
    char *path = tempdir_path(*state, "file");
    struct buf text = BUF_EMPTY;
    assert_int_equal(file_replace(path, slice_text("first")), ERR_OK);
    assert_int_equal(file_replace(path, slice_text("second")), ERR_OK);
    assert_int_equal(file_read(path, 6, &text), ERR_OK);
    assert_true(slice_is(buf_slice_of(&text), "second"));
    assert_int_equal(file_read(path, 5, &text), ERR_LIMIT);
    assert_int_equal(entries(*state), 1);

    assert_int_equal(file_replace(path, slice_of(NULL, 0)), ERR_OK);
    assert_int_equal(file_read(path, 0, &text), ERR_OK);
    assert_int_equal(text.len, 0);
    buf_fini(&text);
    free(path);
}

static void
test_large_file(void **state)
{
    char *path = tempdir_path(*state, "large");
    struct buf bytes = BUF_EMPTY;
    struct buf back = BUF_EMPTY;
    for (uint32_t i = 0; i < 100000; i++) {
        buf_be32(&bytes, i);
    }
    assert_int_equal(file_replace(path, buf_slice_of(&bytes)), ERR_OK);
    assert_int_equal(file_read(path, bytes.len, &back), ERR_OK);
    assert_true(slice_equal(buf_slice_of(&bytes), buf_slice_of(&back)));
    assert_int_equal(file_read(path, bytes.len - 1, &back), ERR_LIMIT);
    buf_fini(&bytes);
    buf_fini(&back);
    free(path);
}

static void
test_failed_replace_keeps_the_old(void **state)
{
    char *folder = tempdir_path(*state, "taken");
    char *inside = tempdir_path(folder, "x");
    assert_int_equal(file_make_folder(folder), ERR_OK);
    assert_int_equal(file_replace(inside, slice_text("x")), ERR_OK);
    /* A folder that is not empty cannot be replaced by a file. */
    assert_true(file_replace(folder, slice_text("y")) != ERR_OK);
    assert_true(file_exists(inside));
    assert_int_equal(entries(*state), 1);
    free(folder);
    free(inside);
}

static void
test_what_is_not_there(void **state)
{
    char *path = tempdir_path(*state, "none");
    char *below = tempdir_path(path, "none");
    struct buf text = BUF_EMPTY;
    assert_false(file_exists(path));
    assert_int_equal(file_read(path, 10, &text), ERR_NOT_FOUND);
    assert_int_equal(file_replace(below, slice_text("x")), ERR_NOT_FOUND);
    assert_int_equal(file_make_folder(below), ERR_NOT_FOUND);
    assert_int_equal(file_sync_folder(path), ERR_NOT_FOUND);
    assert_int_equal(file_remove_tree(path), ERR_NOT_FOUND);
    assert_int_equal(file_read(*state, 10, &text), ERR_IO); /* a folder */
    buf_fini(&text);
    free(path);
    free(below);
}

static void
test_folders(void **state)
{
    char *folder = tempdir_path(*state, "folder/");
    struct stat info;
    assert_int_equal(file_make_folder(folder), ERR_OK);
    assert_int_equal(file_make_folder(folder), ERR_EXISTS);
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 07, 0);
    assert_int_equal(file_sync_folder(folder), ERR_OK);
    free(folder);
}

/* A link inside a tree goes, what it points to stays. */
static void
test_remove_tree(void **state)
{
    char *tree = tempdir_path(*state, "tree");
    char *deep = tempdir_path(tree, "deep");
    char *inside = tempdir_path(deep, "file");
    char *link = tempdir_path(deep, "link");
    char *outside = tempdir_path(*state, "outside");
    assert_int_equal(file_make_folder(tree), ERR_OK);
    assert_int_equal(file_make_folder(deep), ERR_OK);
    assert_int_equal(file_make_folder(outside), ERR_OK);
    assert_int_equal(file_replace(inside, slice_text("x")), ERR_OK);
    assert_int_equal(symlink(outside, link), 0);
    assert_int_equal(file_remove_tree(tree), ERR_OK);
    assert_false(file_exists(tree));
    assert_true(file_exists(outside));
    free(tree);
    free(deep);
    free(inside);
    free(link);
    free(outside);
}

static void
test_path_without_folder(void **state)
{
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(*state), 0);
    assert_int_equal(file_replace("here", slice_text("x")), ERR_OK);
    assert_true(file_exists("here"));
    assert_int_equal(chdir(before), 0);
    free(before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_replace_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_large_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failed_replace_keeps_the_old, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_remove_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_path_without_folder, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
