/* Who may speak: with which keys, in which roles, for which units. One `access` record says it all of
 * one principal, whole: its newest record replaces what was; one without roles revokes it.
 *
 * A principal is a code, and so are the two that no record can name: "local", whoever may open the
 * data directory's own socket (every role, every unit), and PRINCIPAL_BROKER. What a gateway sends for
 * somebody is journalled as "principal@gateway": `@` is in no code.
 *
 * A key is a CURVE public key (rfc.zeromq.org/spec/26; X25519), 32 bytes, written as 64 lower-case
 * hexadecimal digits everywhere: on screens, in files, behind an endpoint. */
#ifndef PROTO_ACCESS_H
#define PROTO_ACCESS_H

#include "common/arena.h"
#include "common/buf.h"
#include "proto/records.h"

#define ACCESS_KEY_SIZE 32
#define ACCESS_KEY_TEXT (2 * ACCESS_KEY_SIZE + 1)
#define PRINCIPAL_LOCAL "local"

/* The numbers are stored, as bits: never change one. The names are those of the design. */
enum access_role {
    ACCESS_SUBMITTER, /* an office: reports of its own units */
    ACCESS_INGEST,    /* another city system: reports of the units that it is given */
    ACCESS_COUNCIL,   /* a member: reads all, votes */
    ACCESS_SECRETARY, /* of the council: units, campaigns, the council's order of business */
    ACCESS_OPERATOR,  /* keys, quarantine, the machine; no reports */
    ACCESS_AUDITOR,   /* reads all, the journal too; changes nothing */
    ACCESS_GATEWAY,   /* speaks for others, those that its record names */
    ACCESS_WORKER,    /* a tally or query worker on another machine */
    ACCESS_ROLE_COUNT
};
#define ACCESS_BIT(role) (1u << (role))
#define ACCESS_ALL (ACCESS_BIT(ACCESS_ROLE_COUNT) - 1)

const char *access_role_name(enum access_role role); /* "submitter" */
bool access_role_parse(struct slice name, enum access_role *role);

struct access_unit {
    struct slice code;
    bool subtree; /* and all that counts beneath it */
};

/* What a system shows to a gateway: random bytes of which only the hash is kept. */
#define ACCESS_TOKEN_HASH 32
struct access_token {
    struct slice name; /* a code; one a system */
    uint8_t hash[ACCESS_TOKEN_HASH];
    int32_t until; /* the last day that it is good, since 1970-01-01; 0: for ever */
};

struct access_entry {
    struct slice principal;
    struct slice title; /* for people: an office, a person, a system; may be empty */
    uint32_t roles;     /* bits; 0: revoked */
    uint32_t key_count, unit_count, acts_for_count;
    uint8_t keys[ACCESS_KEYS_MAX]
                [ACCESS_KEY_SIZE]; /* each of them is good: one is on its way out */
    struct access_unit *units;
    uint32_t token_count;
    struct access_token tokens[ACCESS_TOKENS_MAX];
    struct slice password;  /* crypto_pwhash_str's; empty: none */
    struct slice *acts_for; /* principals; "*" for every one; a gateway's only */
};

/* From a decoded record; what it points to is the record's and the arena's. False: the first thing
 * that is wrong with it. Nothing here asks what else is in force: that is the tally worker's. */
bool access_decode(const struct record_access *record, struct arena *arena,
                   struct access_entry *entry, struct complaint *why);
/* Appends the encoded record. */
void access_encode(const struct access_entry *entry, const uint8_t id[16], struct buf *out);

/* "principal@gateway" in two; `via` empty where nobody spoke for it. */
void principal_split(struct slice principal, struct slice *who, struct slice *via);

void access_key_format(const uint8_t key[ACCESS_KEY_SIZE], char text[ACCESS_KEY_TEXT]);
bool access_key_parse(struct slice text, uint8_t key[ACCESS_KEY_SIZE]);

#endif
