/* Tables for people: cells are gathered, then printed with columns as wide as their widest cell, counted in
 * terminal columns (Vietnamese text has more bytes than columns). Numbers stand to the right; on a
 * terminal their digits are grouped as the language writes them (1.234,5 or 1,234.5), elsewhere they
 * stay as they are so that other programs can read them. */
#ifndef CLIENTS_TABLE_H
#define CLIENTS_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct table;

struct table_column {
    const char *title;
    bool number;
};

#define TABLE_COLUMNS_MAX 16

struct table *table_new(const struct table_column *columns, unsigned count);
void table_free(struct table **table);
/* The next cell, copied; row by row. */
void table_text(struct table *table, const char *text);
void table_number(struct table *table, int64_t number);
void table_decimal(struct table *table, const char *exact); /* "1234.5"; "" stays empty */
/* Prints and empties the table; prints nothing where it has no row. */
void table_print(struct table *table, FILE *to);

/* `exact` ("-1234.5") with its digits grouped, into `text`. */
void number_group(const char *exact, char *text, unsigned size);

#endif
