/* Moving tallies: see tally.h. The row at the form's own granularity comes from base_row.c. */
#include "workers/tally/tally.h"

#include "workers/tally/base_row.h"
#include "workers/tally/over.h"
#include "workers/tally/recent.h"

/* A move on its way. */
struct mover {
    struct apply *a;
    const struct place *place;
    struct tally_move *move;
    struct tally_row old;             /* the form's own row before; the one after is changes[0] */
    const struct tally_row *new;      /* that one */
    uint32_t ordinals[GRAN_YEAR + 1]; /* by granularity: the period that moves */
};

static enum err
entry_get(const struct mover *m, const struct tally_key *key, struct entry **entry)
{
    return ledger_get(m->a->ledger, m->a->state, key, key->gran == m->place->period.gran, entry);
}

static bool
rows_equal(const struct tally_row *a, const struct tally_row *b)
{
    if (a->received != b->received || a->on_time != b->on_time || a->complete != b->complete ||
        a->disagreements != b->disagreements || a->outliers != b->outliers ||
        a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->cells[i].indicator != b->cells[i].indicator ||
            a->cells[i].value != b->cells[i].value) {
            return false;
        }
    }
    return true;
}

static const struct tally_cell *
cell_find(const struct tally_row *row, uint16_t indicator)
{
    uint32_t low = 0, high = row->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (row->cells[middle].indicator == indicator) {
            return &row->cells[middle];
        }
        if (row->cells[middle].indicator < indicator) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* ---- making cells again ---- */

struct remakes {
    struct over_remake *list;
    uint32_t count;
};

static void
remakes_add(struct remakes *remakes, const struct tally_row *finer)
{
    for (uint32_t i = 0; i < remakes->count; i++) {
        const struct tally_cell *cell = cell_find(finer, remakes->list[i].cell->indicator);
        if (cell != NULL) {
            over_add(&remakes->list[i], cell);
        }
    }
}

/* Quarters and years from months and quarters, so that a remade year costs four rows, not 366. */
static enum granularity
finer_than(enum granularity gran, enum granularity own)
{
    return gran > GRAN_MONTH ? (enum granularity)(gran - 1) : own;
}

/* A row that this move has worked out already stands for the stored one. */
static enum err
finer_read(const struct mover *m, const struct tally_key *key, struct tally_row *row)
{
    for (uint32_t i = 0; i < m->move->count; i++) {
        const struct tally_change *change = &m->move->changes[i];
        if (change->key.gran == key->gran && change->key.period == key->period) {
            *row = change->row;
            return ERR_OK;
        }
    }
    struct entry *entry;
    enum err err = entry_get(m, key, &entry);
    if (err == ERR_OK) {
        *row = entry->row;
    }
    return err;
}

static enum err
remakes_run(const struct mover *m, const struct tally_key *coarse, struct remakes *remakes)
{
    if (remakes->count == 0) {
        return ERR_OK;
    }
    struct tally_key key = *coarse;
    struct period first, last;
    key.gran = finer_than(coarse->gran, m->place->period.gran);
    period_finer((struct period){coarse->gran, coarse->period}, key.gran, &first, &last);
    for (key.period = first.ordinal; key.period <= last.ordinal; key.period++) {
        struct tally_row finer;
        enum err err = finer_read(m, &key, &finer);
        if (err != ERR_OK) {
            return err;
        }
        remakes_add(remakes, &finer);
    }
    return ERR_OK;
}

/* ---- one coarser row ---- */

/* A row's cells on their way. */
struct run {
    const struct tally_cell *at, *end;
};

/* The three rows that a coarser one is made from, walked side by side by indicator. */
struct walk {
    struct run coarser, old, new;
};

static inline struct run
run_of(const struct tally_row *row)
{
    return (struct run){row->cells, row->count == 0 ? row->cells : row->cells + row->count};
}

static inline uint32_t
run_next(const struct run *run)
{
    return run->at == run->end ? UINT32_MAX : run->at->indicator;
}

static inline const struct tally_cell *
run_take(struct run *run, uint32_t indicator)
{
    return run_next(run) == indicator ? run->at++ : NULL;
}

/* The cells of the next indicator, NULL where a row has none: coarser, old, new. False: no more. */
static inline bool
walk_next(struct walk *w, const struct tally_cell *cells[3])
{
    uint32_t indicator = run_next(&w->coarser), old = run_next(&w->old), new = run_next(&w->new);
    indicator = old < indicator ? old : indicator;
    indicator = new < indicator ? new : indicator;
    if (indicator == UINT32_MAX) {
        return false;
    }
    cells[0] = run_take(&w->coarser, indicator);
    cells[1] = run_take(&w->old, indicator);
    cells[2] = run_take(&w->new, indicator);
    return true;
}

static void
overflow_tell(const struct indicator *indicator, const struct tally_key *key, struct complaint *why)
{
    char text[PERIOD_TEXT];
    period_format((struct period){key->gran, key->period}, text);
    complain(why, CODE_SUM_OVERFLOW, indicator->code, "%s", text);
}

/* Moves every cell of `stored` into `row`. False: a sum does not fit, told in `why`. */
static bool
cells_move(const struct mover *m, const struct tally_key *key, const struct tally_row *stored,
           struct tally_row *row, struct remakes *remakes, struct complaint *why)
{
    struct walk walk = {run_of(stored), run_of(&m->old), run_of(m->new)};
    const struct tally_cell *cells[3];
    while (walk_next(&walk, cells)) {
        const struct tally_cell *any = cells[0] != NULL   ? cells[0]
                                       : cells[1] != NULL ? cells[1]
                                                          : cells[2];
        const struct indicator *indicator = plan_indicator(m->place->campaign, any->indicator);
        if (indicator == NULL) {
            continue; /* taken out of the campaign: nobody can ask for it any more */
        }
        struct tally_cell *cell = &row->cells[row->count];
        *cell = cells[0] != NULL ? *cells[0] : (struct tally_cell){.indicator = any->indicator};
        enum moved moved = MOVED;
        if (cells[1] != NULL || cells[2] != NULL) {
            moved = over_move(indicator->over_time, cells[1], cells[2], cell);
        }
        if (moved == MOVED_OVERFLOW) {
            overflow_tell(indicator, key, why);
            return false;
        }
        if (moved == MOVED_REMAKE) {
            remakes->list[remakes->count++] =
                (struct over_remake){.over = indicator->over_time, .cell = cell};
        }
        row->count += cell->periods > 0;
    }
    return true;
}

static void
counters_move(const struct mover *m, const struct tally_row *stored, struct tally_row *row)
{
    row->received = stored->received + m->new->received - m->old.received;
    row->on_time = stored->on_time + m->new->on_time - m->old.on_time;
    row->complete = stored->complete + m->new->complete - m->old.complete;
    row->disagreements = stored->disagreements + m->new->disagreements - m->old.disagreements;
    row->outliers = stored->outliers + m->new->outliers - m->old.outliers;
}

static enum err
coarser_prepare(const struct mover *m, enum granularity gran, struct complaint *why)
{
    struct tally_change *change = &m->move->changes[m->move->count];
    change->key = m->move->changes[0].key;
    change->key.gran = gran;
    change->key.period = m->ordinals[gran];
    enum err err = entry_get(m, &change->key, &change->entry);
    if (err != ERR_OK) {
        return err;
    }
    const struct tally_row *stored = &change->entry->row;
    uint32_t most = stored->count + m->old.count + m->new->count;
    struct remakes remakes = {arena_take(m->a->arena, most * sizeof(*remakes.list)), 0};
    change->row.cells = arena_take(m->a->arena, most * sizeof(*change->row.cells));
    change->row.count = 0;
    counters_move(m, stored, &change->row);
    if (!cells_move(m, &change->key, stored, &change->row, &remakes, why)) {
        m->move->count = 0;
        return ERR_OK;
    }
    err = remakes_run(m, &change->key, &remakes);
    m->move->count++;
    return err;
}

/* ---- the whole move ---- */

void
tally_expect(const struct apply *a, const struct place *place)
{
    for (int gran = place->period.gran + 1; gran <= GRAN_YEAR; gran++) {
        ledger_expect(a->ledger,
                      &(struct tally_key){place->key.campaign, place->key.form,
                                          (enum granularity)gran, a->usual.ordinals[gran],
                                          place->key.unit},
                      LEDGER_CELLS);
    }
}

/* Where there is no later report there is no tally of this period either, and nothing to be read. */
static enum err
own_get(struct mover *m, struct tally_change *own)
{
    enum err err = ERR_OK;
    if (recent_lacks(m->a, &m->place->key)) {
        own->entry = ledger_get_new(m->a->ledger, &own->key);
    } else {
        err = entry_get(m, &own->key, &own->entry);
    }
    m->old = err == ERR_OK ? own->entry->row : (struct tally_row){0};
    return err;
}

enum err
tally_prepare(struct apply *a, const struct place *place, const struct report_row *report,
              struct tally_move *move, struct complaint *why)
{
    struct mover m = {.a = a, .place = place, .move = move, .new = &move->changes[0].row};
    struct tally_change *own = &move->changes[0];
    move->count = 0;
    period_up_all(place->period, m.ordinals);
    own->key = (struct tally_key){place->key.campaign, place->key.form, place->period.gran,
                                  place->period.ordinal, place->key.unit};
    enum err err = own_get(&m, own);
    err = err == ERR_OK ? base_row_make(a, place, report, &own->row) : err;
    if (err != ERR_OK || rows_equal(&m.old, &own->row)) {
        return err;
    }
    move->count = 1;
    for (int gran = place->period.gran + 1; gran <= GRAN_YEAR && move->count > 0; gran++) {
        err = coarser_prepare(&m, (enum granularity)gran, why);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

void
tally_write(struct apply *a, const struct tally_move *move)
{
    for (uint32_t i = 0; i < move->count; i++) {
        const struct tally_change *change = &move->changes[i];
        ledger_put(a->ledger, change->entry, &change->row, i == 0);
    }
}
