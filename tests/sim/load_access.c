/* Access records: the first one of each office, and revisions that change roles, units and keys, revoke,
 * take another's key or name a unit that is nowhere. An office's keys are numbered; its n-th is made of
 * the bytes office ‖ n. */
#include "proto/access.h"
#include "tests/sim/sim.h"

#define UNITS_MOST 3

static void
key_make(uint32_t office, uint32_t number, uint8_t key[ACCESS_KEY_SIZE])
{
    memset(key, 0, ACCESS_KEY_SIZE);
    key[0] = (uint8_t)(office + 1);
    key[1] = (uint8_t)number;
    key[2] = (uint8_t)(number >> 8);
}

void
office_user(const struct sim *s, uint32_t office, char user[ACCESS_KEY_TEXT])
{
    uint8_t key[ACCESS_KEY_SIZE];
    key_make(office, s->offices[office].key, key);
    access_key_format(key, user);
}

/* Where there is a council, an office is of it: its secretary for its units, and a member. */
static uint32_t
office_roles(const struct sim *s)
{
    uint32_t council = ACCESS_BIT(ACCESS_SECRETARY) | ACCESS_BIT(ACCESS_COUNCIL);
    return ACCESS_BIT(ACCESS_SUBMITTER) | (s->has_council ? council : 0);
}

/* Mostly what an office is; else any other, or several. */
static uint32_t
roles_pick(struct sim *s)
{
    struct rng *r = &s->load_rng;
    if (!rng_chance(r, 1, s->has_council ? 8 : 4)) {
        return office_roles(s);
    }
    return ACCESS_BIT(rng_between(r, 0, ACCESS_ROLE_COUNT - 1)) |
           ACCESS_BIT(rng_between(r, 0, ACCESS_WORKER - 1));
}

static uint32_t
units_pick(struct rng *r, struct access_unit units[UNITS_MOST])
{
    static const char *const codes[] = {"w0", "w1", "w2", "w3", "w4",  "w5",
                                        "w6", "w7", "d0", "d1", "city"};
    uint32_t count = (uint32_t)rng_between(r, 1, UNITS_MOST);
    for (uint32_t i = 0; i < count; i++) {
        bool known = !rng_chance(r, 1, 60);
        units[i].code = slice_text(known ? codes[rng_between(r, 0, 10)] : "nowhere");
        units[i].subtree = rng_chance(r, 2, 3);
    }
    return count;
}

/* The newest key, at times with the one before it; a new one is what the office goes on with. */
static void
keys_pick(struct sim *s, uint32_t office, bool rotate, struct access_entry *entry)
{
    struct rng *r = &s->load_rng;
    uint32_t newest = s->offices[office].key;
    bool both = rotate && rng_chance(r, 1, 2);
    uint32_t other = (office + 1) % s->submitter_count;
    if (rotate) {
        s->offices[office].key = ++newest;
    }
    key_make(office, newest, entry->keys[entry->key_count++]);
    if (both) {
        key_make(office, newest - 1, entry->keys[entry->key_count++]);
    } else if (rotate && rng_chance(r, 1, 8)) {
        s->keys_mixed = true;
        key_make(other, s->offices[other].key, entry->keys[entry->key_count++]);
    }
}

static struct slice
encode(struct sim *s, uint32_t office, struct access_entry *entry)
{
    struct buf body = BUF_EMPTY;
    entry->principal = slice_text(s->submitters[office].principal);
    access_encode(entry, load_ulid(s).data, &body);
    struct slice copy = arena_copy(s->arena, buf_slice_of(&body));
    buf_fini(&body);
    return copy;
}

struct slice
load_access(struct sim *s, uint32_t office)
{
    struct rng *r = &s->load_rng;
    struct access_unit units[UNITS_MOST];
    struct access_entry entry = {.units = units};
    if (!rng_chance(r, 1, 6)) {
        entry.roles = roles_pick(s);
        entry.unit_count = units_pick(r, units);
        keys_pick(s, office, rng_chance(r, 1, 3), &entry);
    }
    return encode(s, office, &entry);
}

struct slice
load_access_plain(struct sim *s, uint32_t office)
{
    struct access_unit units[UNITS_MOST];
    struct access_entry entry = {.units = units, .roles = office_roles(s)};
    units[0] = (struct access_unit){slice_text(office % 2 == 0 ? "d0" : "city"), true};
    entry.unit_count = !s->healing; /* the registry may never have come to be: a key is enough */
    keys_pick(s, office, false, &entry);
    return encode(s, office, &entry);
}
