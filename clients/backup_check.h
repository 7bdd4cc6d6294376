/* Opening a backup for restore and prune: nothing of it is used before all of it was compared. */
#ifndef CLIENTS_BACKUP_CHECK_H
#define CLIENTS_BACKUP_CHECK_H

#include "proto/manifest.h"

/* The newest manifest; told what is wrong with it. 0, or the exit code. */
int backup_open(const char *backup, struct manifest *m);
/* The same, with every file's hash compared: each that is damaged or gone is named. */
int backup_open_checked(const char *backup, bool quiet, struct manifest *m);

#endif
