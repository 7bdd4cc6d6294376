/* What every reading verb does: ask one question, page by page, and show the answer as JSON or as text. */
#ifndef CLIENTS_READING_H
#define CLIENTS_READING_H

#include "clients/contact.h"

typedef void reading_show_fn(const json_t *answer, const struct options *options);

/* Asks `name` and shows the answer; pages are joined, list by list, into one. Gives the exit code. */
int reading_run(const struct options *options, const char *name, struct question *question,
                reading_show_fn *show);
/* The same within a contact that is open; *answer is a new reference. */
int reading_pages(struct contact *contact, const char *name, struct question *question,
                  json_t **answer);

/* A new array: the first `keep` rows, then the others as Vietnamese sorts their names. */
json_t *rows_by_name(const json_t *rows, size_t keep);
/* "name (code)", or the code alone; into `text`. */
void unit_label(const json_t *row, const char *name_key, const char *code_key, char *text,
                unsigned size);
/* A value as exact text: "12", "12.5", "" for nil; into `text`. */
void value_text(const json_t *value, char *text, unsigned size);
/* The title in the user's language. */
const char *title_of(const json_t *row);
/* µs since 1970 as local text with this machine's offset, or "" for 0. */
void moment_text(int64_t time_us, char text[32]);
/* The sentence of a verdict's code; empty where it has none. */
void verdict_sentence(const json_t *verdict, char *text, unsigned size);
/* Flags joined by blanks. */
void flags_text(const json_t *flags, char *text, unsigned size);

#endif
