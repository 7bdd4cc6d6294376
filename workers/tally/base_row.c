/* The tally of one form period: see base_row.h. */
#include "workers/tally/base_row.h"

/* By slot, while sources are taken in their order. */
struct merger {
    const struct form_plan *form;
    struct tally_row *row;
    int64_t *value;
    bool *has;
    bool *differs;
};

static void
merger_init(struct merger *m, const struct form_plan *form, struct tally_row *row,
            struct arena *arena)
{
    *row = (struct tally_row){0};
    *m = (struct merger){
        .form = form,
        .row = row,
        .value = arena_take(arena, form->slot_count * sizeof(*m->value)), /* where `has` says so */
        .has = ARENA_ARRAY(arena, bool, form->slot_count),
        .differs = ARENA_ARRAY(arena, bool, form->slot_count),
    };
}

static void
merger_cell(struct merger *m, uint32_t slot, int64_t value)
{
    if (!m->has[slot]) {
        m->has[slot] = true;
        m->value[slot] = value;
    } else if (m->value[slot] != value && !m->differs[slot]) {
        m->differs[slot] = true;
        m->row->disagreements++;
    }
}

static void
merger_add(struct merger *m, const struct report_row *report)
{
    if (report->withdrawn) {
        return;
    }
    m->row->received = 1;
    m->row->on_time |= report->on_time;
    m->row->outliers |= (report->flags & FLAG_OUTLIER) != 0;
    uint32_t slot = 0;
    for (uint32_t i = 0; i < report->count; i++) {
        while (slot < m->form->slot_count && m->form->slots[slot].id < report->cells[i].indicator) {
            slot++;
        }
        if (slot < m->form->slot_count && m->form->slots[slot].id == report->cells[i].indicator) {
            merger_cell(m, slot, report->cells[i].value);
        }
    }
}

static bool
merger_complete(const struct merger *m)
{
    for (uint32_t i = 0; i < m->form->required.count; i++) {
        if (!m->has[m->form->required.slots[i]]) {
            return false;
        }
    }
    return true;
}

static void
merger_finish(struct merger *m, const struct place *place, struct arena *arena)
{
    struct tally_row *row = m->row;
    row->complete = row->received != 0 && merger_complete(m);
    row->cells = arena_take(arena, m->form->slot_count * sizeof(*row->cells));
    for (uint32_t slot = 0; slot < m->form->slot_count; slot++) {
        if (m->has[slot]) {
            bool last = m->form->slots[slot].indicator->over_time == OVER_LAST;
            row->cells[row->count++] = (struct tally_cell){
                .indicator = m->form->slots[slot].id,
                .periods = 1,
                .value = m->value[slot],
                .last = last ? place->period.ordinal : 0,
            };
        }
    }
}

/* The stored report of another source; a tombstone's like where there is none. */
static enum err
other_read(struct apply *a, const struct report_key *key, struct report_row *row)
{
    struct slice value;
    *row = (struct report_row){.withdrawn = true};
    key_report(&a->key, key);
    enum err err = state_get(a->state, TABLE_REPORT, buf_slice_of(&a->key), &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    return report_decode(value, a->arena, row);
}

enum err
base_row_make(struct apply *a, const struct place *place, const struct report_row *report,
              struct tally_row *row)
{
    struct merger m;
    merger_init(&m, place->form, row, a->arena);
    for (uint32_t i = 0; i < place->form->form->sources.count; i++) {
        struct report_key key = place->key;
        key.source = place->form->source_ids[i];
        if (key.source == place->key.source) {
            merger_add(&m, report);
            continue;
        }
        struct report_row other;
        enum err err = other_read(a, &key, &other);
        if (err != ERR_OK) {
            return err;
        }
        merger_add(&m, &other);
    }
    merger_finish(&m, place, a->arena);
    return ERR_OK;
}
