/* access.yaml: who may speak, a list of principals, each whole:
 *
 *     principals:
 *       - principal: ward-00001
 *         title: UBND phường Phúc Xá
 *         roles: [submitter]
 *         units: ["00001", d1/]          # d1/: and all beneath it
 *         keys: [<64 hexadecimal digits>]
 *         acts_for: []                   # a gateway's: principals, or "*"
 *
 * Without roles a principal is revoked. Every mistake of the file is told in one run. */
#ifndef CLIENTS_ACCESS_YAML_H
#define CLIENTS_ACCESS_YAML_H

#include "proto/access.h"

struct access_line {
    struct access_entry entry; /* in the arena */
    uint32_t line;
};

struct access_file {
    struct access_line *lines;
    uint32_t count;
};

/* Gives the number of mistakes; the file is for publishing only where it is 0. */
uint32_t access_yaml_read(struct slice text, struct arena *arena, struct access_file *file,
                          struct complaints *complaints);
/* "d1/" or "d1", as --unit and access.yaml have it. False: neither. */
bool access_unit_parse(struct slice text, struct access_unit *unit);

#endif
