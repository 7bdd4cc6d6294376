/* The folder that `office new` makes: office.conf, the key, a template a form, and how to begin in two
 * languages. */
#ifndef CLIENTS_OFFICE_FOLDER_H
#define CLIENTS_OFFICE_FOLDER_H

#include "clients/office.h"
#include "proto/curve.h"

#include <jansson.h>

struct office_plan {
    const char *folder; /* must not be there */
    struct office office;
    struct curve_key key; /* made by office_folder_make */
    const json_t *unit;   /* the answers to `unit` and `campaign` */
    const json_t *campaign;
};

/* 0, or EX_CANTCREAT told, and nothing left. */
int office_folder_make(struct office_plan *plan);
/* Whether the form (of the answer to `campaign`) is asked of the unit (the answer to `unit`). */
bool office_form_asked(const json_t *form, const json_t *unit);

#endif
