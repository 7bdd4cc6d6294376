/* The verbs of the command line, expanded from verbs.def. One file a verb: clients/verb_<name>.c with
 *
 *     int verb_<name>(int argc, char **argv)      argv[0] is the verb's name
 *
 * which begins with options_parse (options.h: it answers --help, refuses what is wrong) and gives the
 * process's exit code, one of sysexits.h. */
#ifndef CLIENTS_VERBS_H
#define CLIENTS_VERBS_H

#include <stddef.h>

struct verb {
    const char *name;
    int least, most; /* arguments that are not options */
    const char *arguments;
    const char *vi, *en;
    int (*run)(int argc, char **argv);
};

extern const struct verb VERB_TABLE[];
extern const size_t VERB_COUNT;

const struct verb *verb_find(const char *name); /* NULL */

#define VERB(name, least, most, arguments, vi, en) int verb_##name(int argc, char **argv);
#include "clients/verbs.def"
#undef VERB

#endif
