/* The keys of a campaign, once: one table for each kind of map, which the msgpack codec
 * (campaign_codec.c) and the reader of campaign.yaml (clients/campaign_yaml.c) both walk. The order
 * is the one in which a campaign is encoded. */
#ifndef PROTO_CAMPAIGN_KEYS_H
#define PROTO_CAMPAIGN_KEYS_H

#include "proto/campaign.h"

enum campaign_key_kind {
    KEY_CODE,     /* struct slice; limit: bytes */
    KEY_TEXT,     /* struct slice; limit: bytes */
    KEY_TITLE,    /* struct title: {vi, en}; without en, en is vi */
    KEY_DAY,      /* int32_t: days since 1970-01-01, `extra` until it is read; in YAML a date */
    KEY_OFFSET,   /* int32_t: minutes; in YAML +07:00 */
    KEY_WORD,     /* an enum, by its words */
    KEY_DECIMALS, /* uint8_t */
    KEY_BOUND, /* int64_t scaled by the indicator's decimals, and whether it is there at `extra` */
    KEY_DAYS,  /* int32_t; -1 where absent; limit: the greatest */
    KEY_CODES, /* struct code_list; limit: codes */
    KEY_INDICES, /* struct index_list; limit: codes */
    KEY_TERMS, /* struct index_list of a rule; extra: the set (1 << kind) of rule kinds that have it
                */
    KEY_NUMBER, /* uint32_t: 1 to limit; 0 where absent */
    KEY_POINTS, /* the same in hundredths; in YAML with at most two decimals */
    KEY_TARGET, /* int64_t in millionths; limit: the greatest, whole; whether it is there at `extra` */
    KEY_SWITCH, /* bool */
    KEY_WORDS,  /* unsigned: the set (OR) of its words */
    KEY_MAP,    /* a map whose keys are fields of the same struct. `extra` 1: in YAML a plain value
                   stands for the map of its first key alone */
    KEY_ITEMS,  /* an array of maps, and its uint32_t count at `extra`; limit: items */
};

#define CAMPAIGN_TARGET_DECIMALS 6
#define CAMPAIGN_TARGET_SCALE 1000000
#define CAMPAIGN_POINTS_DECIMALS 2

struct campaign_word {
    const char *word;
    unsigned value;
};

struct campaign_key {
    const char *name;
    enum campaign_key_kind kind;
    bool required;
    size_t offset;
    size_t extra;
    uint64_t limit;
    const struct campaign_word *words;  /* KEY_WORD; ends with a NULL word */
    const struct campaign_shape *shape; /* KEY_MAP, KEY_ITEMS */
};

struct campaign_shape {
    const char *name;
    const struct campaign_key *keys;
    uint32_t count; /* at most 32: a set of keys is a uint32_t */
    size_t size;    /* of the struct; 0 for KEY_MAP */
    size_t line;    /* offset of its uint32_t line; SIZE_MAX where it has none */
};

extern const struct campaign_shape CAMPAIGN_SHAPE;

/* What a struct of this shape is before its keys are read: due and expires are absent, not 0; the
 * window is open at both ends. */
void campaign_shape_begin(const struct campaign_shape *shape, void *item);
/* Index of a key in its shape; shape->count where it has none. */
uint32_t campaign_key_find(const struct campaign_shape *shape, struct slice name);
/* 0 where it is none of the words; NULL where it is no value. */
unsigned campaign_word_value(const struct campaign_word *words, struct slice word);
const char *campaign_word_text(const struct campaign_word *words, unsigned value);
/* Whether an encoded item has this key. */
bool campaign_key_present(const struct campaign_key *key, const void *item);
/* The keys (bits by index) that a map of this shape may not be without and that are not in `seen`.
 * For a rule and a score: whether they fit together too; false then in *fits. */
uint32_t campaign_keys_missing(const struct campaign_shape *shape, uint32_t seen, bool *fits);
/* together and exclusive are said by the key alone: the kind that it means, else 0. */
enum rule_kind campaign_key_rule_kind(const struct campaign_key *key);

/* An enum field as a number: all of them are as wide as unsigned (checked in campaign_keys.c). */
unsigned campaign_enum_get(const void *field);
void campaign_enum_set(void *field, unsigned value);

/* How the keys of a shape fit together: the detail of shape-invalid, told by record and file alike. */
const char *campaign_shape_text(const struct campaign_shape *shape);
/* Leaves of an item whose keys do not fit together only what says which it is. */
void campaign_shape_unfit(const struct campaign_shape *shape, void *item);

#endif
