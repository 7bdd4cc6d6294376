/* A table of troubles, what of it there is, and its braces filled: see troubles.h. */
#include "clients/troubles.h"

#include "clients/amounts.h"
#include "clients/answers.h"
#include "clients/limits.h"
#include "clients/reading.h"
#include "clients/words.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
    const char *word;
    bool wrong;
    const char *vi, *en, *command;
} ROWS[] = {
#define TROUBLE(word, wrong, vi, en, command) {word, wrong, vi, en, command},
#include "clients/troubles.def"
#undef TROUBLE
};

#define ROW_COUNT (sizeof ROWS / sizeof ROWS[0])
_Static_assert(ROW_COUNT < TROUBLES_MAX, "the broker may know one more than we");

const char *
trouble_word(size_t i)
{
    return i < ROW_COUNT ? ROWS[i].word : NULL;
}

/* ---- what stands in braces ---- */

struct finder {
    const json_t *status;
    const char *data;
    const json_t *behind; /* the shard that is furthest behind; NULL */
    struct trouble *troubles;
    size_t count;
};

/* The shard that is furthest behind, of those that have told where they are. */
static const json_t *
shard_behind(const json_t *status)
{
    size_t i;
    json_t *shard;
    const json_t *most = NULL;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        bool told = json_is_integer(json_object_get(shard, "oldest_ms"));
        if (told &&
            (most == NULL || json_number(shard, "lag_blocks") > json_number(most, "lag_blocks"))) {
            most = shard;
        }
    }
    return most;
}

/* The shards whose worker is not up, "2, 5"; of the first, its PID. */
static void
shards_text(const json_t *status, char *text, size_t size, int64_t *pid)
{
    size_t i, used = 0, left_out = 0;
    json_t *shard;
    text[0] = '\0';
    *pid = 0;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        if (strcmp(json_text(shard, "worker"), "up") == 0) {
            continue;
        }
        *pid = *pid == 0 ? json_number(shard, "pid") : *pid;
        if (used + 24 > size) {
            left_out++;
            continue;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, used == 0 ? "" : ", ",
                                 json_number(shard, "shard"));
    }
    if (left_out > 0) {
        snprintf(text + used, size - used, ", …");
    }
}

static int64_t
within(const json_t *status, const char *array, const char *key)
{
    return json_number(json_array_get(json_object_get(status, array), 0), key);
}

static void
number_put(char *text, size_t size, int64_t number)
{
    snprintf(text, size, "%" PRId64, number);
}

static bool
shard_value(const struct finder *f, const char *name, char *text, size_t size)
{
    int64_t pid;
    if (strcmp(name, "shards") == 0) {
        shards_text(f->status, text, size < 64 ? size : 64, &pid);
    } else if (strcmp(name, "pid") == 0) {
        shards_text(f->status, text, size < 64 ? size : 64, &pid);
        number_put(text, size, pid);
    } else if (strcmp(name, "behind") == 0) {
        number_put(text, size, json_number(f->behind, "shard"));
    } else if (strcmp(name, "blocks") == 0) {
        count_text(json_number(f->behind, "lag_blocks"), text);
    } else if (strcmp(name, "age") == 0) {
        duration_text(json_number(f->behind, "oldest_ms") * 1000, text);
    } else if (strcmp(name, "zero") == 0) {
        count_text(within(f->status, "shards", "lag_blocks"), text);
    } else if (strcmp(name, "query_pid") == 0) {
        number_put(text, size, within(f->status, "query_workers", "pid"));
    } else {
        return false;
    }
    return true;
}

static void
broker_value(const struct finder *f, const char *name, char *text, size_t size)
{
    const json_t *network = json_object_get(f->status, "network");
    const char *endpoint = json_text(network, "endpoint");
    if (strcmp(name, "free") == 0) {
        bytes_text((uint64_t)json_number(f->status, "free_bytes"), text);
    } else if (strcmp(name, "least") == 0) {
        bytes_text((uint64_t)json_number(f->status, "min_free_bytes"), text);
    } else if (strcmp(name, "endpoint") == 0) {
        snprintf(text, size, "%s", endpoint);
    } else if (strcmp(name, "port") == 0) {
        const char *colon = strrchr(endpoint, ':');
        snprintf(text, size, "%s", colon == NULL ? "" : colon + 1);
    } else if (strcmp(name, "moment") == 0) {
        moment_text(json_number(f->status, "time_us"), text);
    } else if (strcmp(name, "offset") == 0) {
        duration_text(json_number(f->status, "clock_offset_us"), text);
    } else if (strcmp(name, "data") == 0) {
        snprintf(text, size, "%s", f->data == NULL ? "DATA" : f->data);
    } else {
        number_put(text, size, json_number(f->status, name)); /* a number of the answer itself */
    }
}

static void
fill(const struct finder *f, const char *format, char *text, size_t size)
{
    size_t used = 0;
    while (*format != '\0' && used + 1 < size) {
        const char *end = *format == '{' ? strchr(format, '}') : NULL;
        if (end == NULL) {
            text[used++] = *format++;
            continue;
        }
        char name[32], value[4200];
        snprintf(name, sizeof name, "%.*s", (int)(end - format - 1), format + 1);
        if (!shard_value(f, name, value, sizeof value)) {
            broker_value(f, name, value, sizeof value);
        }
        int wrote = snprintf(text + used, size - used, "%s", value);
        used += wrote < 0 ? 0 : (size_t)wrote;
        used = used < size ? used : size - 1;
        format = end + 1;
    }
    text[used] = '\0';
    text_cut(text);
}

/* ---- what there is ---- */

static void
trouble_add(struct finder *f, const char *word)
{
    struct trouble *t = &f->troubles[f->count];
    if (f->count == TROUBLES_MAX) {
        return;
    }
    f->count++;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(ROWS[i].word, word) == 0) {
            t->word = ROWS[i].word;
            t->wrong = ROWS[i].wrong;
            fill(f, tr(ROWS[i].vi, ROWS[i].en), t->sentence, sizeof t->sentence);
            fill(f, ROWS[i].command, t->command, sizeof t->command);
            return;
        }
    }
    /* A newer broker's. */
    t->word = word;
    t->wrong = true;
    snprintf(t->sentence, sizeof t->sentence, "%s", word);
    snprintf(t->command, sizeof t->command, "thidua status --json");
}

static bool
has_problem(const json_t *status, const char *problem)
{
    size_t i;
    json_t *word;
    json_array_foreach(json_object_get(status, "problems"), i, word)
    {
        if (json_is_string(word) && strcmp(json_string_value(word), problem) == 0) {
            return true;
        }
    }
    return false;
}

static void
problems_find(struct finder *f)
{
    size_t i;
    json_t *problem;
    json_array_foreach(json_object_get(f->status, "problems"), i, problem)
    {
        char word[64];
        if (!json_is_string(problem)) {
            continue;
        }
        if (strcmp(json_string_value(problem), "network-closed") != 0) {
            trouble_add(f, json_string_value(problem));
            continue;
        }
        snprintf(word, sizeof word, "network-closed/%s",
                 json_text(json_object_get(f->status, "network"), "why"));
        trouble_add(f, word);
    }
}

/* What the broker takes for no problem, and an operator should know before it is one. */
static void
notices_find(struct finder *f)
{
    const json_t *s = f->status;
    int64_t least = json_number(s, "min_free_bytes");
    if (!has_problem(s, "lag-large") && json_number(f->behind, "oldest_ms") > LAG_OLD_MS) {
        trouble_add(f, "lag-old");
    }
    if (!has_problem(s, "disk-low") && json_number(s, "free_bytes") / DISK_SOON_TIMES < least) {
        trouble_add(f, "disk-soon");
    }
    if (!has_problem(s, "sessions-full") &&
        json_number(s, "sessions") * 100 > json_number(s, "sessions_max") * SESSIONS_NEAR_PERCENT) {
        trouble_add(f, "sessions-near");
    }
    if (json_number(s, "quarantined") > 0) {
        trouble_add(f, "quarantined");
    }
    if (llabs(json_number(s, "clock_offset_us")) > CLOCK_SET_US) {
        trouble_add(f, "clock-set");
    }
}

size_t
troubles_find(const json_t *status, const char *data, struct trouble troubles[TROUBLES_MAX])
{
    struct finder f = {
        .status = status, .data = data, .behind = shard_behind(status), .troubles = troubles};
    problems_find(&f);
    notices_find(&f);
    return f.count;
}
