/* What should have come of a journal, worked out a second time: written from docs/DESIGN.md and
 * workers/tally/README.md, by other means than the tally worker's (everything is added up again from the
 * reports; nothing is moved by a difference), sharing no code with workers/. Knows one campaign, rules of
 * one kind, and no outliers: the simulator sends no others. The council's part is model_council.h.
 *
 * Codes are kept as small numbers of the model's own. Fixed sizes: a run is small. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "common/arena.h"
#include "proto/access.h"
#include "proto/block.h"
#include "proto/campaign.h"
#include "proto/records.h"
#include "tests/sim/model_council.h"

#define MODEL_CODES_MAX 32
#define MODEL_INDICATORS_MAX 8
#define MODEL_SOURCES_MAX 4
#define MODEL_VERSIONS_MAX 8
#define MODEL_OWN_MAX 4 /* units of one principal */
#define MODEL_ULIDS_MAX 4096
#define MODEL_SKIPS_MAX 1024
#define MODEL_APPROVALS_MAX 1024
#define MODEL_KEYS_MAX 4096 /* of the hash tables; a power of two, twice what a run can fill */

struct model_codes {
    char text[MODEL_CODES_MAX][CODE_MAX + 1];
    uint32_t count;
};
/* UINT32_MAX where there is none. */
uint32_t model_code(const struct model_codes *codes, struct slice code);
uint32_t model_code_add(struct model_codes *codes, struct slice code);

struct model_version {
    int32_t from, to;
    char level[CODE_MAX + 1];
    char parent[CODE_MAX + 1];
};

struct model_unit {
    struct model_version versions[MODEL_VERSIONS_MAX];
    uint32_t count;
};

/* What a principal's newest access record says. */
struct model_principal {
    bool role[ACCESS_ROLE_COUNT];
    uint32_t key_count, unit_count;
    uint8_t keys[ACCESS_KEYS_MAX][ACCESS_KEY_SIZE];
    uint32_t units[MODEL_OWN_MAX];
    bool subtree[MODEL_OWN_MAX];
};

/* Values by indicator. */
struct model_values {
    bool has[MODEL_INDICATORS_MAX];
    int64_t value[MODEL_INDICATORS_MAX];
};

struct model_report {
    uint64_t key; /* 0: an empty place */
    uint64_t revision;
    struct receipt receipt;
    bool withdrawn, on_time;
    struct model_values values;
};

struct model_cell {
    uint32_t periods;
    int64_t value;
    uint32_t last;
};

struct model_tally {
    uint64_t key; /* 0: an empty place */
    uint32_t received, on_time, complete, disagreements;
    struct model_cell cells[MODEL_INDICATORS_MAX];
};

/* A unit's period that was approved at some time. */
struct model_approval {
    uint32_t unit;
    struct period period;
    bool approved; /* false: opened again */
    struct receipt receipt;
};

struct model {
    struct model_codes units, forms, indicators, sources;
    struct model_unit unit[MODEL_CODES_MAX];
    struct model_codes principals;
    struct model_principal principal[MODEL_CODES_MAX];
    struct arena *arena; /* of the campaign */
    struct arena *turn;  /* of one record */
    struct campaign campaign;
    bool has_campaign;
    struct {
        uint8_t bytes[16];
        char principal[CODE_MAX + 1];
        uint32_t unit; /* UINT32_MAX: of what every shard applies */
    } ulids[MODEL_ULIDS_MAX];
    uint32_t ulid_count;
    struct model_report reports[MODEL_KEYS_MAX];
    struct model_tally base[MODEL_KEYS_MAX];    /* at the forms' own granularity */
    struct model_tally tallies[MODEL_KEYS_MAX]; /* model_add_up: at every one */
    uint32_t base_at[MODEL_KEYS_MAX / 2];       /* the rows of `base` that are there */
    uint32_t report_count, base_count, tally_count;
    bool huge;                             /* a value was seen with which a sum may overflow */
    struct receipt skips[MODEL_SKIPS_MAX]; /* quarantined */
    uint32_t skip_count;
    struct model_approval approvals[MODEL_APPROVALS_MAX];
    uint32_t approval_count;
    struct model_council *council;
    enum code code; /* of the record just refused, where the model is sure; else CODE_NONE */
    uint64_t verdicts[VERDICT_QUARANTINED + 1];
};

struct model *model_new(const struct book *book);
void model_free(struct model **model);
/* Before the first record: one that a quarantine somewhere in the journal names. */
void model_skip(struct model *m, struct receipt receipt);
/* The next record, in the journal's order. */
enum verdict model_record(struct model *m, const struct block *block,
                          const struct block_record *record);
/* Fills `tallies` from `base`. */
void model_add_up(struct model *m);

/* Keys: of a report with its source, of a tally with source 0. */
struct model_key {
    uint32_t form, unit, source;
    struct period period;
};
uint64_t model_key_pack(const struct model_key *k);
struct model_key model_key_unpack(uint64_t packed);
struct model_report *model_report_at(struct model *m, uint64_t key);
/* In `base` or `tallies`; the place where it would stand, with key 0, where there is none. */
struct model_tally *model_tally_at(struct model_tally *table, uint64_t key);

/* ---- between the model's files ---- */
/* False, so that a check may return it. */
bool model_refuse(struct model *m, enum code code);
struct model_claim {
    struct slice campaign, form, unit, period, source;
};
struct model_place {
    struct model_key key;
    const struct form *form;
    bool late;
};
/* model_place.c: false: refused. */
bool model_place_find(struct model *m, const struct block *block, const struct block_record *record,
                      const struct model_claim *claim, struct model_place *place);
/* The unit as it was on its last day in the period; NULL: it was not there. */
const struct model_version *model_version_in(const struct model *m, uint32_t unit,
                                             struct period period);
/* model_registry.c */
enum verdict model_units(struct model *m, const struct block *block,
                         const struct block_record *record);
enum verdict model_campaign(struct model *m, const struct block_record *record);
bool model_ulid_seen(const struct model *m, struct slice principal, struct slice id, uint32_t unit);
void model_ulid_keep(struct model *m, struct slice principal, struct slice id, uint32_t unit);
/* model_access.c */
enum verdict model_access(struct model *m, const struct block_record *record);
/* On the block's local day. */
bool model_may_report(struct model *m, struct slice principal, uint32_t unit, int32_t day);
/* Units and campaigns; `access`: who may speak. */
bool model_may_rule(struct model *m, struct slice principal, bool access);
/* As it was on the day; before it began as at first, after it ended as at last; NULL: never
 * there. */
const struct model_version *model_version_near(const struct model *m, uint32_t unit, int32_t day);
/* NULL: it was not there on the day. */
const struct model_version *model_version_on(const struct model *m, uint32_t unit, int32_t day);
/* Whether it has one of the roles (bits); `local` has all. */
bool model_has_role(const struct model *m, struct slice principal, uint32_t roles);
/* The same, and the unit is its own on the day; refused with not-in-role or not-allowed. */
bool model_may_for(struct model *m, struct slice principal, uint32_t roles, uint32_t unit,
                   int32_t day);
/* model_approval.c */
enum verdict model_approval(struct model *m, const struct block *block,
                            const struct block_record *record);
/* Whether the unit is approved itself, for this period or a longer one that it lies in. */
bool model_is_covered(const struct model *m, uint32_t unit, struct period period);
/* Whether the form's period of the unit is locked. */
bool model_is_locked(const struct model *m, uint32_t unit, struct period period);
/* model_tally.c: the base row with `report` for what is there; false: a sum does not fit, and nothing
 * has changed. */
bool model_replace(struct model *m, const struct model_place *place,
                   const struct model_report *report);

#endif
