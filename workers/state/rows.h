/* What the tables' keys and values look like inside, and nothing about what they mean.
 * Decoders never trust: a row that does not parse is ERR_CORRUPT (our own bytes: the disk lied). */
#ifndef STATE_ROWS_H
#define STATE_ROWS_H

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/period.h"
#include "proto/block.h"
#include "proto/records.h"

/* ---- META ---- */
/* Raise when a row's format changes; an older state is then made again by replay. */
#define STATE_VERSION 2

struct position {
    uint64_t block; /* last block whose effects are here; 0: none */
    int64_t time_us;
    uint8_t chain[BLOCK_CHAIN_SIZE];         /* of that block */
    uint8_t verdict_chain[BLOCK_CHAIN_SIZE]; /* over all verdicts so far: BLAKE2b-256 a block */
    uint64_t accepted, corrected, unchanged, superseded, rejected, quarantined; /* counts so far */
    uint64_t registry_revision; /* grows with each accepted units or campaign record, for caches */
    uint64_t access_revision;   /* block of the last access record that was accepted; 0: none */
};

extern const struct slice META_POSITION; /* key "position" */
extern const struct slice META_SHAPE;    /* key "shape": version, shard, shards */

void position_encode(const struct position *p, struct buf *out);
enum err position_decode(struct slice value, struct position *p) MUST_CHECK;

struct shape {
    uint32_t version, shard, shards;
};
void shape_encode(const struct shape *s, struct buf *out);
enum err shape_decode(struct slice value, struct shape *s) MUST_CHECK;

/* ---- IDENT ----
 * Ids are dense from 0: campaigns and units over the whole state (under campaign 0), forms,
 * indicators and sources within their campaign. */
enum ident_kind { IDENT_CAMPAIGN = 1, IDENT_UNIT, IDENT_FORM, IDENT_INDICATOR, IDENT_SOURCE };

struct ident_key {
    enum ident_kind kind;
    uint16_t campaign;
    struct slice code;
};
enum err ident_key_decode(struct slice key, struct ident_key *k) MUST_CHECK;
void ident_encode(uint32_t id, struct buf *out);
enum err ident_decode(struct slice value, uint32_t *id) MUST_CHECK;

/* ---- keys; each clears `out` first ---- */
void key_ident(struct buf *out, enum ident_kind kind, uint16_t campaign, struct slice code);
void key_campaign(struct buf *out, uint16_t campaign);
void key_unit(struct buf *out, uint32_t unit, int32_t from);
void key_receipt(struct buf *out, struct receipt receipt); /* VERDICT, QUARANTINE */
void key_rejected(struct buf *out, struct slice unit, struct receipt receipt);
void key_ulid(struct buf *out, struct slice principal, struct slice id);

enum err campaign_key_decode(struct slice key, uint16_t *campaign) MUST_CHECK;
enum err unit_key_decode(struct slice key, uint32_t *unit, int32_t *from) MUST_CHECK;
enum err rejected_key_decode(struct slice key, struct slice *unit, struct receipt *r) MUST_CHECK;

struct report_key {
    uint16_t campaign, form;
    uint32_t unit;
    uint32_t period; /* ordinal; the granularity is the form's */
    uint16_t source;
};
#define REPORT_KEY_SIZE 14
#define REPORT_PREFIX_SIZE 8 /* all reports of one form of a unit stand side by side */
#define REPORT_SOURCE_SIZE 2 /* the last bytes of a key */
void key_report(struct buf *out, const struct report_key *k);
/* A HISTORY key too: it begins with its report's. */
enum err report_key_decode(struct slice key, struct report_key *k) MUST_CHECK;
void key_history(struct buf *out, const struct report_key *k, struct receipt receipt);

struct tally_key {
    uint16_t campaign, form;
    enum granularity gran;
    uint32_t period, unit;
};
#define TALLY_KEY_SIZE 13
#define TALLY_PREFIX_SIZE 9 /* all units of one period stand side by side */
void key_tally(struct buf *out, const struct tally_key *k);
enum err tally_key_decode(struct slice key, struct tally_key *k) MUST_CHECK;

/* ---- UNIT ----
 * A row of the registry: a unit as it was on the days from ... to. `from` stands in the key, the
 * rest in the value; texts are empty where the registry says nothing. A parent is an id, because
 * roll-ups walk parents; a successor is a code, because people read it. */
#define UNIT_NONE UINT32_MAX

struct registry_version {
    int32_t from, to; /* days, inclusive */
    uint32_t parent;  /* unit id; UNIT_NONE */
    struct slice level, kind, bloc, name, successor, contact;
    uint64_t population;
};
void unit_row_encode(const struct registry_version *v, struct buf *out);
/* Everything but `from`; slices into `value`. */
enum err unit_row_decode(struct slice value, struct registry_version *v) MUST_CHECK;

/* ---- REPORT and HISTORY ---- */
struct cell {
    uint16_t indicator; /* id */
    int64_t value;      /* scaled by the indicator's decimals */
};

struct report_row {
    uint64_t revision;
    struct receipt receipt;
    int64_t time_us; /* of its block */
    bool withdrawn;  /* a tombstone: no cells */
    bool on_time;    /* first live revision came before the form's due day; corrections keep it */
    uint8_t flags;   /* enum verdict_flag, of this revision */
    struct cell *cells; /* sorted by indicator id */
    uint32_t count;
};
void report_encode(const struct report_row *r, struct buf *out);
enum err report_decode(struct slice value, struct arena *arena, struct report_row *r) MUST_CHECK;

/* ---- TALLY ----
 * One row a (campaign, form, granularity, period, unit). At the form's own granularity a cell is
 * the value of the first source, in the form's precedence, that has one. At coarser ones it is over
 * time. */
struct tally_cell {
    uint16_t indicator;
    uint32_t periods; /* how many of the form's own periods have a value; never 0 */
    int64_t value;    /* sum: the sum; mean: the sum too; last, max, min: that value */
    uint32_t last;    /* `last`: which of the form's periods it comes from, as an ordinal */
};

struct tally_row {
    uint32_t received;        /* form periods with at least one live report */
    uint32_t on_time;         /* of those, reported by the due day */
    uint32_t complete;        /* of those, with every required value */
    uint32_t disagreements;   /* cells for which two sources have different values */
    uint32_t outliers;        /* form periods whose report has the flag */
    struct tally_cell *cells; /* sorted by indicator id */
    uint32_t count;
};
void tally_encode(const struct tally_row *t, struct buf *out);
enum err tally_decode(struct slice value, struct arena *arena, struct tally_row *t) MUST_CHECK;

/* ---- VERDICT ---- */
struct verdict_row {
    enum verdict verdict;
    uint8_t flags;
    uint8_t record_type; /* enum record_type; 0 where it could not be read */
    struct slice unit;   /* code, from the envelope */
    struct slice code;   /* code_text(); empty unless rejected or warned */
    struct slice subject, detail;
    struct slice principal; /* whose it was; empty for a report or withdrawal that had an effect:
                               the unit says it */
};
void verdict_encode(const struct verdict_row *v, struct buf *out);
enum err verdict_decode(struct slice value, struct verdict_row *v) MUST_CHECK;
enum err receipt_key_decode(struct slice key, struct receipt *r) MUST_CHECK;

#endif
