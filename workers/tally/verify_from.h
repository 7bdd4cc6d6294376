/* Where a verification begins, when it cannot begin with block 1: the states in a backup. */
#ifndef TALLY_VERIFY_FROM_H
#define TALLY_VERIFY_FROM_H

#include <stdint.h>

/* Compares the state files of BACKUP's newest manifest with their hashes and copies each into
 * FOLDER/NN, where the replay goes on from it. EX_OK, or an exit code after the reason was told. */
int verify_from(const char *backup, const char *folder, uint32_t shards);

#endif
