/* Where an office's outbox lies: --outbox-dir DIR; else OFFICE/outbox; else DATA/outbox. Beside it the
 * file of the last revision, the same that a direct `thidua submit` from there stamps by. */
#ifndef CLIENTS_OUTBOX_PLACE_H
#define CLIENTS_OUTBOX_PLACE_H

#include "clients/options.h"
#include "clients/outbox.h"
#include "proto/settings.h"

struct outbox_place {
    char folder[SETTINGS_PATH_MAX + 16];
    char revision_file[SETTINGS_PATH_MAX + 32];
};

/* What every verb with an outbox has among its options. */
#define OUTBOX_DIR_OPTION(to)                                                                      \
    TEXT_OPTION("outbox-dir", "DIR", to, false, "thư mục hộp thư đi; mặc định là của --office",    \
                "the outbox's folder; default that of --office")

/* 0, or EX_NOINPUT told: no office, no data directory and no --outbox-dir. */
int outbox_place_find(const struct options *o, const char *dir, struct outbox_place *place);
/* Opens the outbox there; 0, or the exit code with what is wrong told. `make`: where there is none.
 * EX_NOINPUT: there is none. */
int outbox_place_open(const struct outbox_place *place, bool make, struct outbox **outbox);
/* An error of the outbox's disk, in words; gives the exit code. */
int outbox_place_failed(const struct outbox_place *place, enum err err, const char *why);

#endif
