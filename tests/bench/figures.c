/* The figures of all runs, by name: see bench.h. Invariant: a figure has a value a run that told it,
 * at most RUNS_MAX. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define FIGURES_MAX 200

struct figure {
    char name[80];
    char unit[8];
    double values[RUNS_MAX];
    uint32_t count;
};

struct figures {
    struct figure all[FIGURES_MAX];
    uint32_t count;
};

struct figures *
figures_new(void)
{
    return mem_alloc(sizeof(struct figures));
}

void
figures_free(struct figures **figures)
{
    free(*figures);
    *figures = NULL;
}

static struct figure *
figure_of(struct figures *f, const char *name, const char *unit)
{
    for (uint32_t i = 0; i < f->count; i++) {
        if (strcmp(f->all[i].name, name) == 0) {
            return &f->all[i];
        }
    }
    CHECK(f->count < FIGURES_MAX);
    struct figure *figure = &f->all[f->count++];
    snprintf(figure->name, sizeof(figure->name), "%s", name);
    snprintf(figure->unit, sizeof(figure->unit), "%s", unit);
    return figure;
}

void
figure_add(struct figures *f, const char *name, const char *unit, double value)
{
    struct figure *figure = figure_of(f, name, unit);
    CHECK(figure->count < RUNS_MAX);
    figure->values[figure->count++] = value;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void
figure_add_times(struct figures *f, const char *name, double *seconds, size_t n)
{
    char full[80];
    if (n == 0) {
        return;
    }
    qsort(seconds, n, sizeof(*seconds), compare_doubles);
    snprintf(full, sizeof(full), "%s p50", name);
    figure_add(f, full, "ms", seconds[n / 2] * 1e3);
    snprintf(full, sizeof(full), "%s p99", name);
    figure_add(f, full, "ms", seconds[n * 99 / 100] * 1e3);
}

static void
number_print(double value)
{
    printf(value >= 1000 ? " %12.0f" : " %12.3f", value);
}

void
figures_print(const struct figures *f)
{
    printf("%-58s %12s %12s %12s\n", "", "median", "least", "most");
    for (uint32_t i = 0; i < f->count; i++) {
        struct figure figure = f->all[i];
        qsort(figure.values, figure.count, sizeof(figure.values[0]), compare_doubles);
        printf("%-58s", figure.name);
        number_print(figure.values[figure.count / 2]);
        number_print(figure.values[0]);
        number_print(figure.values[figure.count - 1]);
        printf(" %s\n", figure.unit);
    }
}
