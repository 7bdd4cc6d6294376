/* What the user reads, in the user's language: both texts stand side by side where they are used.
 * The language is --lang, else LC_ALL, LC_MESSAGES or LANG beginning with "vi", else English.
 * Data goes to stdout; everything said here goes to stderr. */
#ifndef CLIENTS_WORDS_H
#define CLIENTS_WORDS_H

#include "proto/codes.h"

/* One language a process: set once while options are read. False: `name` is neither vi nor en. */
bool words_language_set(const char *name);
enum language words_language(void);

const char *tr(const char *vi, const char *en) __attribute__((format_arg(1), format_arg(2)));

/* "thidua submit: <text>" and a line's end, to stderr: say(tr("…", "…"), …). */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, and gives back `code`: return say_code(EX_NOINPUT, tr(…), …). */
int say_code(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A complaint as "file:line:column: code: sentence"; `file` may be NULL. */
void say_complaint(const char *file, const struct complaint *why);
/* What say() puts in front; kept, not copied. */
void words_verb_set(const char *verb);

#endif
