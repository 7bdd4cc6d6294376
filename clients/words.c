/* The language of the process and the lines that it says on stderr. The language is this module's only
 * state: it is set while options are read and only looked at afterwards. */
#include "clients/words.h"

#include "common/lang.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool known;
    enum language language;
    const char *verb;
} words;

bool
words_language_set(const char *name)
{
    if (strcmp(name, "vi") != 0 && strcmp(name, "en") != 0) {
        return false;
    }
    words.language = name[0] == 'v' ? LANGUAGE_VI : LANGUAGE_EN;
    words.known = true;
    /* The sentences of settings.h, and of the programs that we start, go by the environment. */
    setenv("LC_ALL", words.language == LANGUAGE_VI ? "vi_VN.UTF-8" : "en_US.UTF-8", 1);
    return true;
}

enum language
words_language(void)
{
    if (!words.known) {
        words.language = lang_is_vietnamese() ? LANGUAGE_VI : LANGUAGE_EN;
        words.known = true;
    }
    return words.language;
}

const char *
tr(const char *vi, const char *en)
{
    return words_language() == LANGUAGE_VI ? vi : en;
}

void
words_verb_set(const char *verb)
{
    words.verb = verb;
}

static void say_list(const char *format, va_list list) __attribute__((format(printf, 1, 0)));

static void
say_list(const char *format, va_list list)
{
    fflush(stdout); /* where both go to one terminal, in the order they were said */
    if (words.verb != NULL) {
        fprintf(stderr, "thidua %s: ", words.verb);
    } else {
        fputs("thidua: ", stderr);
    }
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

void
say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_list(format, list);
    va_end(list);
}

int
say_code(int code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_list(format, list);
    va_end(list);
    return code;
}

void
say_complaint(const char *file, const struct complaint *why)
{
    char sentence[512];
    char place[32] = "";
    complaint_sentence(why, words_language(), sentence, sizeof sentence);
    if (why->line != 0 && why->column != 0) {
        snprintf(place, sizeof place, "%u:%u: ", why->line, why->column);
    } else if (why->line != 0) {
        snprintf(place, sizeof place, "%u: ", why->line);
    }
    fflush(stdout);
    fprintf(stderr, "%s%s%s%s: %s\n", file == NULL ? "" : file,
            file == NULL    ? ""
            : place[0] == 0 ? ": "
                            : ":",
            place, code_text(why->code), sentence);
}
