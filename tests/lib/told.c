#include "tests/lib/told.h"

#include <stdio.h>

static void
told_add(struct complaints *self, const struct complaint *why)
{
    struct told *told = (struct told *)self;
    if (told->count < TOLD_MAX) {
        told->list[told->count] = *why;
    }
    told->count++;
}

void
told_begin(struct told *told)
{
    memset(told, 0, sizeof(*told));
    told->complaints.add = told_add;
}

static uint32_t
told_kept(const struct told *told)
{
    return told->count < TOLD_MAX ? told->count : TOLD_MAX;
}

uint32_t
told_times(const struct told *told, enum code code, uint32_t line)
{
    uint32_t times = 0;
    for (uint32_t i = 0; i < told_kept(told); i++) {
        times += told->list[i].code == code && (line == 0 || told->list[i].line == line);
    }
    return times;
}

const struct complaint *
told_find(const struct told *told, enum code code)
{
    for (uint32_t i = 0; i < told_kept(told); i++) {
        if (told->list[i].code == code) {
            return &told->list[i];
        }
    }
    return NULL;
}

void
told_print(const struct told *told)
{
    for (uint32_t i = 0; i < told_kept(told); i++) {
        char sentence[512];
        complaint_sentence(&told->list[i], LANGUAGE_EN, sentence, sizeof(sentence));
        fprintf(stderr, "%u:%u: %s: %s\n", told->list[i].line, told->list[i].column,
                code_text(told->list[i].code), sentence);
    }
}
