/* The table that main.c dispatches from and that help is printed from. */
#include "clients/verbs.h"

#include <string.h>

const struct verb VERB_TABLE[] = {
#define VERB(name, least, most, arguments, vi, en)                                                 \
    {#name, least, most, arguments, vi, en, verb_##name},
#include "clients/verbs.def"
#undef VERB
};

const size_t VERB_COUNT = sizeof VERB_TABLE / sizeof VERB_TABLE[0];

const struct verb *
verb_find(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(VERB_TABLE[i].name, name) == 0) {
            return &VERB_TABLE[i];
        }
    }
    return NULL;
}
