/* thidua: the command line. Finds the verb and runs it; `help` and `--version` are its own. */
#include "clients/verbs.h"
#include "clients/words.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define THIDUA_VERSION "0.1.0"

static int
help_all(FILE *to)
{
    fprintf(to, "%s: thidua %s\n\n", tr("Cách dùng", "Usage"),
            tr("LỆNH [tùy chọn]", "VERB [options]"));
    for (size_t i = 0; i < VERB_COUNT; i++) {
        fprintf(to, "  %-14s%s\n", VERB_TABLE[i].name, tr(VERB_TABLE[i].vi, VERB_TABLE[i].en));
    }
    fprintf(to, "\n%s\n",
            tr("“thidua LỆNH --help” giải thích từng lệnh; “man thidua” giải thích tất cả.\n"
               "Ngôn ngữ: --lang vi|en hoặc biến môi trường LANG.",
               "“thidua VERB --help” explains a verb, “man thidua” all of them.\n"
               "Language: --lang vi|en, or the environment's LANG."));
    return 0;
}

/* --lang before the verb, and behind `help`, which is no verb with options of its own. Gives the place
 * behind it; -1: no such language, told. */
static int
skip_language(int at, int argc, char **argv)
{
    bool apart = at + 1 < argc && strcmp(argv[at], "--lang") == 0;
    bool joined = at < argc && strncmp(argv[at], "--lang=", 7) == 0;
    if (!apart && !joined) {
        return at;
    }
    if (!words_language_set(apart ? argv[at + 1] : argv[at] + 7)) {
        say(tr("--lang là vi hoặc en.", "--lang is vi or en."));
        return -1;
    }
    return at + 1 + apart;
}

static int
help_verb(const char *name)
{
    const struct verb *verb = verb_find(name);
    if (verb == NULL) {
        return say_code(EX_USAGE,
                        tr("không có lệnh “%s”; xem “thidua help”.",
                           "there is no verb “%s”; see “thidua help”."),
                        name);
    }
    char *argv[] = {(char *)verb->name, (char *)"--help", NULL};
    return verb->run(2, argv);
}

/* `thidua help [VERB]`, with --lang on either side of the verb. */
static int
help(int at, int argc, char **argv)
{
    int verb = skip_language(at, argc, argv);
    if (verb < 0 || (verb < argc && skip_language(verb + 1, argc, argv) < 0)) {
        return EX_USAGE;
    }
    return verb < argc ? help_verb(argv[verb]) : help_all(stdout);
}

static int
run(int at, int argc, char **argv)
{
    const char *name = argv[at];
    if (strcmp(name, "--version") == 0) {
        return puts("thidua " THIDUA_VERSION) < 0 ? EX_IOERR : 0;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        return help(at + 1, argc, argv);
    }
    const struct verb *verb = verb_find(name);
    return verb == NULL ? help_verb(name) : verb->run(argc - at, argv + at);
}

int
main(int argc, char **argv)
{
    int at = skip_language(1, argc, argv);
    if (at < 0) {
        return EX_USAGE;
    }
    if (at >= argc) {
        help_all(stderr);
        return EX_USAGE;
    }
    int code = run(at, argc, argv);
    /* A full disk or a closed pipe behind stdout is known only now. */
    if (fflush(stdout) != 0 && code == 0) {
        return say_code(EX_IOERR, tr("không ghi được kết quả ra stdout.",
                                     "the result could not be written to stdout."));
    }
    return code;
}
