/* Options, the same for every verb: getopt_long over the common ones and the verb's own.
 *
 *     const char *form = NULL;
 *     bool children = false;
 *     const struct option_spec own[] = {
 *         TEXT_OPTION("form", "CODE", &form, true, "biểu mẫu", "the form"),
 *         SWITCH_OPTION("children", &children, "thêm từng đơn vị trực thuộc", "its children too"),
 *     };
 *     struct options o;
 *     int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
 *     if (code != OPTIONS_GO) {
 *         return code;
 *     }
 *
 * Everything points into argv or the environment. */
#ifndef CLIENTS_OPTIONS_H
#define CLIENTS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
    const char *verb;     /* argv[0] */
    const char *data;     /* --data, else $THIDUA_DATA, else ./thidua-data */
    const char *brokers;  /* --broker; NULL: the office's, or the data directory's own */
    const char *office;   /* --office, else $THIDUA_OFFICE, else . where it is one; NULL: none */
    const char *key;      /* --key; NULL: the office's */
    const char *campaign; /* --campaign; NULL: the only one */
    const char *after;    /* --after RECEIPT; NULL */
    uint64_t timeout_s;   /* --timeout; 0: the verb's own patience */
    bool json, quiet;
    char **args; /* what is no option; their number is the one that the verb takes */
    int arg_count;
};

enum option_kind { OPTION_SWITCH, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST };

#define OPTION_LIST_MAX 1000 /* as many indicators as a campaign may have */

struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct option_spec {
    const char *name;
    const char *value; /* what --help calls its value; NULL for a switch */
    enum option_kind kind;
    union {
        bool *on;
        const char **text;
        uint64_t *number; /* up to INT64_MAX */
        struct option_list *list;
    } to;
    bool required;
    const char *vi, *en;
};

/* name, value's name in --help, where it goes, whether it is required, what it is in vi and en */
#define TEXT_OPTION(name, value, to, required, vi, en)                                             \
    {                                                                                              \
        name, value, OPTION_TEXT, {.text = (to)}, required, vi, en                                 \
    }
#define NUMBER_OPTION(name, value, to, required, vi, en)                                           \
    {                                                                                              \
        name, value, OPTION_NUMBER, {.number = (to)}, required, vi, en                             \
    }
#define LIST_OPTION(name, value, to, required, vi, en)                                             \
    {                                                                                              \
        name, value, OPTION_LIST, {.list = (to)}, required, vi, en                                 \
    }
#define SWITCH_OPTION(name, to, vi, en)                                                            \
    {                                                                                              \
        name, NULL, OPTION_SWITCH, {.on = (to)}, false, vi, en                                     \
    }

#define OPTIONS_GO (-1)
#define OPTION_COUNT(own) (sizeof(own) / sizeof((own)[0]))

/* OPTIONS_GO, or the exit code: 0 after --help, EX_USAGE after a mistake that was told. Sets the
 * language of words.h by --lang. `own` has at most 32 entries. */
int options_parse(struct options *o, const struct option_spec *own, size_t own_count, int argc,
                  char **argv);

#endif
