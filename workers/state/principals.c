#include "workers/state/principals.h"

enum err
principals_load(struct access_table **table, struct state *state)
{
    struct access_table *fresh = access_table_new();
    struct state_cursor *cursor;
    struct state_row row;
    struct complaint why;
    enum err err = state_cursor_open(state, TABLE_ACCESS, &cursor);
    if (err == ERR_OK) {
        while ((err = cursor_next(cursor, &row)) == ERR_OK) {
            if (!access_table_put(fresh, row.value, &why)) {
                err = ERR_CORRUPT;
                break;
            }
        }
        cursor_close(cursor);
    }
    if (err != ERR_NOT_FOUND) {
        access_table_free(&fresh);
        return err;
    }
    access_table_free(table);
    *table = fresh;
    return ERR_OK;
}
