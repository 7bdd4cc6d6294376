/* JSON on stdout, and all of proto/answer_json.h. */
#ifndef CLIENTS_ANSWERS_H
#define CLIENTS_ANSWERS_H

#include "proto/answer_json.h"

/* One value, indented, and a line's end, to stdout. Takes the reference. 0, or EX_IOERR told. */
int json_show(json_t *value);
/* The same on one line. */
int json_show_line(json_t *value);

#endif
