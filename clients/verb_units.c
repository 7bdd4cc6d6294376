/* thidua units check|publish FILE: the registry of units. */
#include "clients/files.h"
#include "clients/publish.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <stdio.h>

static int
units_read(const char *path, struct arena *arena, void *held, json_t *mistakes, char summary[160])
{
    struct units *units = held;
    int code = units_file_read(path, arena, units, mistakes);
    uint32_t tops = 0;
    for (uint32_t i = 0; code == 0 && i < units->count; i++) {
        tops += units->rows[i].parent.len == 0;
    }
    snprintf(summary, 160,
             tr("%u dòng, %u dòng không có cấp trên; không có lỗi.",
                "%u rows, %u of them without a parent; no mistakes."),
             units->count, tops);
    return code;
}

static int
units_write(const void *held, struct buf *out)
{
    return units_record_encode(held, out);
}

int
verb_units(int argc, char **argv)
{
    struct units units = {0};
    struct publication publication = {units_read, units_write, &units};
    return publish_run(&publication, argc, argv);
}
