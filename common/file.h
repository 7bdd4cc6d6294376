/* Files that are whole or not there. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include "common/buf.h"
#include "common/err.h"

/* Replaces what `out` held. ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
enum err file_read(const char *path, size_t limit, struct buf *out) MUST_CHECK;
/* Writes beside, syncs, renames, syncs the folder: after a power cut the old or the new is
 * there. */
enum err file_replace(const char *path, struct slice bytes) MUST_CHECK;
/* A new file that only its owner may read (0600), synced with its folder. ERR_EXISTS, also where a
 * link stands; ERR_NOT_FOUND: no such folder. */
enum err file_make_private(const char *path, struct slice bytes) MUST_CHECK;
/* One folder that only its owner may enter (0700), synced into its parent; ERR_EXISTS, ERR_NOT_FOUND
 * as below. */
enum err file_make_private_folder(const char *path) MUST_CHECK;
/* One folder, mode 0750, synced into its parent. ERR_EXISTS where it is, ERR_NOT_FOUND: no
 * parent. */
enum err file_make_folder(const char *path) MUST_CHECK;
enum err file_sync_folder(const char *path) MUST_CHECK;
/* Follows no links, stays on one file system. */
enum err file_remove_tree(const char *path) MUST_CHECK;
bool file_exists(const char *path);

#endif
