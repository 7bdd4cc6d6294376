/* Reads options: the common ones, the verb's own, --help. Nothing is allocated: all points into argv. */
#include "clients/options.h"

#include "clients/office.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/check.h"
#include "common/text.h"
#include "proto/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define OWN_MAX 32
#define HELP_COLUMN 30 /* where the explanations stand */

/* Their places in the table of common options, which is also the order that --help shows. */
enum {
    COMMON_DATA,
    COMMON_BROKER,
    COMMON_OFFICE,
    COMMON_KEY,
    COMMON_CAMPAIGN,
    COMMON_AFTER,
    COMMON_TIMEOUT,
    COMMON_JSON,
    COMMON_QUIET,
    COMMON_LANG,
    COMMON_HELP,
    COMMON_COUNT
};

struct parse {
    /* The verb's own stand first: getopt_long takes the first of two that share a name, and so does
     * --help (`thidua init --campaign FILE` is not the common --campaign CODE). */
    const struct option_spec *specs[COMMON_COUNT + OWN_MAX];
    size_t own, count;
    const char *lang;
    bool help;
};

static void
help_option(const struct option_spec *spec)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", spec->name, spec->value == NULL ? "" : " ",
             spec->value == NULL ? "" : spec->value);
    size_t columns = text_columns(slice_text(left));
    int gap = columns + 2 < HELP_COLUMN ? (int)(HELP_COLUMN - columns) : 2;
    printf("  %s%*s%s%s\n", left, gap, "", tr(spec->vi, spec->en),
           spec->required ? tr(" (bắt buộc)", " (required)") : "");
}

static bool
is_own(const struct parse *p, const char *name)
{
    for (size_t i = 0; i < p->own; i++) {
        if (strcmp(p->specs[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int
help_print(const struct parse *p, const struct verb *verb)
{
    printf("%s: thidua %s %s\n\nthidua %s: %s.\n", tr("Cách dùng", "Usage"), verb->name,
           verb->arguments, verb->name, tr(verb->vi, verb->en));
    if (p->own > 0) {
        printf("\n%s:\n", tr("Tùy chọn của lệnh này", "Options of this verb"));
        for (size_t i = 0; i < p->own; i++) {
            help_option(p->specs[i]);
        }
    }
    printf("\n%s:\n", tr("Tùy chọn chung", "Common options"));
    for (size_t i = p->own; i < p->count; i++) {
        if (!is_own(p, p->specs[i]->name)) {
            help_option(p->specs[i]);
        }
    }
    printf("\n%s\n", tr("Xem thêm: man thidua.", "More: man thidua."));
    return 0;
}

static int
usage_hint(const char *verb)
{
    return say_code(EX_USAGE, tr("xem “thidua %s --help”.", "see “thidua %s --help”."), verb);
}

/* Decimal digits only: strtoull alone would take "-1" and " 5". */
static bool
number_read(const char *text, uint64_t *number)
{
    char *end;
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *number <= INT64_MAX;
}

static int
option_take(const struct option_spec *spec, const char *value)
{
    switch (spec->kind) {
    case OPTION_SWITCH:
        *spec->to.on = true;
        return OPTIONS_GO;
    case OPTION_TEXT:
        *spec->to.text = value;
        return OPTIONS_GO;
    case OPTION_NUMBER:
        if (!number_read(value, spec->to.number)) {
            return say_code(EX_USAGE,
                            tr("--%s cần một số nguyên không âm, không phải “%s”.",
                               "--%s wants a whole number, not “%s”."),
                            spec->name, value);
        }
        return OPTIONS_GO;
    case OPTION_LIST:
        if (spec->to.list->count == OPTION_LIST_MAX) {
            return say_code(EX_USAGE, tr("--%s: tối đa %d lần.", "--%s: at most %d times."),
                            spec->name, OPTION_LIST_MAX);
        }
        spec->to.list->items[spec->to.list->count++] = value;
        return OPTIONS_GO;
    }
    return EX_SOFTWARE;
}

/* getopt's own words are silenced (opterr): they are in one language only. */
static int
option_refuse(int what, char **argv, const char *verb)
{
    const char *given = optind > 0 ? argv[optind - 1] : "";
    if (what == ':') {
        say(tr("tùy chọn %s thiếu giá trị.", "option %s wants a value."), given);
    } else {
        say(tr("không có tùy chọn %s.", "there is no option %s."), given);
    }
    return usage_hint(verb);
}

static int
parse_argv(struct parse *p, int argc, char **argv)
{
    struct option longs[COMMON_COUNT + OWN_MAX + 1] = {0};
    bool seen[COMMON_COUNT + OWN_MAX] = {false};
    for (size_t i = 0; i < p->count; i++) {
        longs[i] = (struct option){p->specs[i]->name,
                                   p->specs[i]->value == NULL ? no_argument : required_argument,
                                   NULL, 256 + (int)i};
    }
    optind = 0; /* GNU: begin anew, also in a process that has parsed before */
    opterr = 0;
    int which;
    while ((which = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
        if (which == 'h') {
            p->help = true;
        } else if (which < 256) {
            return option_refuse(which, argv, argv[0]);
        } else {
            seen[which - 256] = true;
            int code = option_take(p->specs[which - 256], optarg);
            if (code != OPTIONS_GO) {
                return code;
            }
        }
    }
    for (size_t i = 0; i < p->count && !p->help; i++) {
        if (p->specs[i]->required && !seen[i]) {
            say(tr("thiếu --%s.", "--%s is missing."), p->specs[i]->name);
            return usage_hint(argv[0]);
        }
    }
    return OPTIONS_GO;
}

static int
arguments_check(struct options *o, const struct verb *verb, int argc, char **argv)
{
    o->args = argv + optind;
    o->arg_count = argc - optind;
    if (o->arg_count < verb->least) {
        say(tr("thiếu tham số: %s", "an argument is missing: %s"), verb->arguments);
        return usage_hint(verb->name);
    }
    if (o->arg_count > verb->most) {
        say(tr("thừa tham số “%s”.", "unexpected argument “%s”."), o->args[verb->most]);
        return usage_hint(verb->name);
    }
    return OPTIONS_GO;
}

/* NULL where it is not set, or to nothing. */
static const char *
environment(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* One place is spoken from: what is named in the command, then in the environment, then what lies
 * here. */
static void
place_default(struct options *o)
{
    const char *data = environment("THIDUA_DATA");
    if (o->office == NULL && o->data == NULL) {
        o->office = environment("THIDUA_OFFICE");
        o->office = o->office == NULL && data == NULL && office_is_here(".") ? "." : o->office;
    }
    o->data = o->data != NULL ? o->data : data != NULL ? data : SETTINGS_DATA_DEFAULT;
}

int
options_parse(struct options *o, const struct option_spec *own, size_t own_count, int argc,
              char **argv)
{
    const struct verb *verb = verb_find(argv[0]);
    CHECK(verb != NULL && own_count <= OWN_MAX);
    struct parse p = {.own = own_count, .count = COMMON_COUNT + own_count};
    const struct option_spec common[COMMON_COUNT] = {
        [COMMON_DATA] = TEXT_OPTION("data", "DIR", &o->data, false,
                                    "thư mục dữ liệu; mặc định $THIDUA_DATA, rồi ./thidua-data",
                                    "the data directory; default $THIDUA_DATA, then ./thidua-data"),
        [COMMON_BROKER] = TEXT_OPTION("broker", "E[,E]", &o->brokers, false,
                                      "địa chỉ broker; mặc định là của thư mục dữ liệu",
                                      "the broker's endpoints; default that of the data directory"),
        [COMMON_OFFICE] = TEXT_OPTION("office", "DIR", &o->office, false,
                                      "thư mục của đơn vị (office.conf, khóa); mặc định "
                                      "$THIDUA_OFFICE, rồi thư mục hiện tại",
                                      "the office's folder (office.conf, key); default "
                                      "$THIDUA_OFFICE, then this folder"),
        [COMMON_KEY] =
            TEXT_OPTION("key", "FILE", &o->key, false, "tệp khóa riêng; mặc định là của --office",
                        "the private key; default that of --office"),
        [COMMON_CAMPAIGN] = TEXT_OPTION("campaign", "CODE", &o->campaign, false,
                                        "mã phong trào; mặc định là phong trào duy nhất",
                                        "the campaign; default the only one"),
        [COMMON_AFTER] = TEXT_OPTION("after", "RECEIPT", &o->after, false,
                                     "chỉ đọc sau khi biên nhận này đã được xử lý",
                                     "read only once this receipt has been dealt with"),
        [COMMON_TIMEOUT] =
            NUMBER_OPTION("timeout", "SECONDS", &o->timeout_s, false, "chờ broker tối đa chừng này",
                          "wait for the broker at most so long"),
        [COMMON_JSON] = SWITCH_OPTION("json", &o->json, "kết quả dạng JSON", "the result as JSON"),
        [COMMON_QUIET] = SWITCH_OPTION("quiet", &o->quiet, "không cảnh báo, không báo tiến độ",
                                       "no warnings, no progress"),
        [COMMON_LANG] = TEXT_OPTION("lang", "vi|en", &p.lang, false, "ngôn ngữ của thông báo",
                                    "the language of messages"),
        [COMMON_HELP] = SWITCH_OPTION("help", &p.help, "trang này", "this page"),
    };
    *o = (struct options){.verb = argv[0]};
    words_verb_set(argv[0]);
    for (size_t i = 0; i < p.count; i++) {
        p.specs[i] = i < own_count ? &own[i] : &common[i - own_count];
    }
    int code = parse_argv(&p, argc, argv);
    place_default(o);
    if (code == OPTIONS_GO && p.lang != NULL && !words_language_set(p.lang)) {
        code = say_code(
            EX_USAGE, tr("--lang là vi hoặc en, không phải “%s”.", "--lang is vi or en, not “%s”."),
            p.lang);
    }
    if (code == OPTIONS_GO && p.help) {
        return help_print(&p, verb);
    }
    return code == OPTIONS_GO ? arguments_check(o, verb, argc, argv) : code;
}
