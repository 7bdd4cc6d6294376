/* A list for a spreadsheet: one table with a heading, its cells texts or whole numbers, written as
 * CSV or as ODS (ods.c).
 *
 * CSV: UTF-8 behind a byte order mark, without which Excel takes it for another encoding; commas,
 * every cell in quotes, lines end in CRLF (RFC 4180). A text that a spreadsheet would take for a
 * formula (it begins with = + - @, a tab or a line's end) gets an apostrophe in front: a name comes
 * from outside, and a formula may send the whole list elsewhere. Numbers are ours and stay as they
 * are. In an ODS a text is a text by its type, so that nothing is put in front there. */
#ifndef CLIENTS_SHEET_H
#define CLIENTS_SHEET_H

#include "common/buf.h"
#include "common/err.h"

struct sheet;

#define SHEET_COLUMNS_MAX 16

/* The name is the table's, in an ODS; texts are copied. */
struct sheet *sheet_new(const char *name, const char *const *columns, unsigned count);
void sheet_free(struct sheet **sheet);
/* The next cell, row by row. */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, int64_t number);

const char *sheet_name(const struct sheet *sheet);
unsigned sheet_columns(const struct sheet *sheet);
size_t sheet_cells(const struct sheet *sheet); /* the heading's first */
struct slice sheet_cell(const struct sheet *sheet, size_t i, bool *is_number);

/* Appends the file. */
void sheet_csv(const struct sheet *sheet, struct buf *out);
/* Appends the file. ERR_IO: the zip could not be made; logged with its reason. */
enum err sheet_ods(const struct sheet *sheet, struct buf *out) MUST_CHECK;

#endif
