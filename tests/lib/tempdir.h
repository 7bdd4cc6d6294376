/* A folder of a test's own, under $TMPDIR or /tmp, gone when the test is. */
#ifndef TESTS_TEMPDIR_H
#define TESTS_TEMPDIR_H

char *tempdir_new(void);
/* Removes the folder with all that is in it, and frees its name. */
void tempdir_free(char *folder);
/* "folder/name"; the caller frees. */
char *tempdir_path(const char *folder, const char *name);

#endif
