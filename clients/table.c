/* Gathers cells, measures, prints. The cells' texts are the table's own. */
#include "clients/table.h"

#include "clients/words.h"
#include "common/check.h"
#include "common/mem.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct table {
    struct table_column columns[TABLE_COLUMNS_MAX];
    unsigned count;
    char **cells;
    size_t used, cap;
};

struct table *
table_new(const struct table_column *columns, unsigned count)
{
    CHECK(count > 0 && count <= TABLE_COLUMNS_MAX);
    struct table *table = mem_alloc(sizeof *table);
    memcpy(table->columns, columns, count * sizeof *columns);
    table->count = count;
    return table;
}

static void
table_empty(struct table *table)
{
    for (size_t i = 0; i < table->used; i++) {
        free(table->cells[i]);
    }
    table->used = 0;
}

void
table_free(struct table **table)
{
    if (*table != NULL) {
        table_empty(*table);
        free((*table)->cells);
        free(*table);
    }
    *table = NULL;
}

void
table_text(struct table *table, const char *text)
{
    if (table->used == table->cap) {
        table->cap = table->cap == 0 ? 64 : table->cap * 2;
        table->cells = mem_resize(table->cells, table->cap * sizeof *table->cells);
    }
    table->cells[table->used++] = mem_text(text);
}

void
table_decimal(struct table *table, const char *exact)
{
    char text[96];
    if (isatty(STDOUT_FILENO)) {
        number_group(exact, text, sizeof text);
        exact = text;
    }
    table_text(table, exact);
}

void
table_number(struct table *table, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    table_decimal(table, text);
}

static void
print_cell(FILE *to, const char *text, size_t width, bool number, bool last)
{
    size_t columns = text_columns(slice_text(text));
    int pad = columns < width ? (int)(width - columns) : 0;
    if (number) {
        fprintf(to, "%*s%s", text[0] == '\0' && last ? 0 : pad, "", text);
    } else {
        fprintf(to, "%s%*s", text, last ? 0 : pad, ""); /* no blanks at a line's end */
    }
    fputs(last ? "\n" : "  ", to);
}

void
table_print(struct table *table, FILE *to)
{
    size_t widths[TABLE_COLUMNS_MAX];
    CHECK(table->used % table->count == 0);
    for (unsigned i = 0; i < table->count; i++) {
        widths[i] = text_columns(slice_text(table->columns[i].title));
    }
    for (size_t i = 0; i < table->used; i++) {
        size_t columns = text_columns(slice_text(table->cells[i]));
        size_t *width = &widths[i % table->count];
        *width = columns > *width ? columns : *width;
    }
    for (unsigned i = 0; table->used > 0 && i < table->count; i++) {
        print_cell(to, table->columns[i].title, widths[i], table->columns[i].number,
                   i + 1 == table->count);
    }
    for (size_t i = 0; i < table->used; i++) {
        unsigned column = (unsigned)(i % table->count);
        print_cell(to, table->cells[i], widths[column], table->columns[column].number,
                   column + 1 == table->count);
    }
    table_empty(table);
}

void
number_group(const char *exact, char *text, unsigned size)
{
    bool vietnamese = words_language() == LANGUAGE_VI;
    size_t whole = strspn(exact, "-0123456789");
    unsigned used = 0;
    for (size_t i = 0; exact[i] != '\0' && used + 2 < size; i++) {
        size_t left = i < whole ? whole - i : 0;
        bool after_digit = i > 0 && exact[i - 1] != '-';
        if (left > 0 && left % 3 == 0 && after_digit) {
            text[used++] = vietnamese ? '.' : ',';
        }
        text[used++] = exact[i] == '.' && vietnamese ? ',' : exact[i];
    }
    text[used] = '\0';
}
