/* The records that no worker applies any more, because they killed one twice. The truth is in the
 * journal: the broker's own `quarantine` records, known by their principal, which no sender can
 * have; no other record is ever decoded here. This is a list of them, so that a WELCOME can tell it,
 * and a small file beside the journal, so that a start need not read all of it: the file says up to
 * which block it is complete, and with which chain, and where it does not fit the journal it counts
 * for nothing. */
#ifndef BROKER_QUARANTINE_H
#define BROKER_QUARANTINE_H

#include "common/buf.h"
#include "proto/block.h"
#include "proto/records.h"

struct broker;

struct quarantined {
    struct receipt receipt; /* of the record that is skipped */
    uint64_t type;          /* of that record; 0: it cannot be read */
    struct receipt own;     /* of the record that says so */
};

struct quarantine {
    struct quarantined *list; /* in the journal's order of `own`, each receipt once */
    uint32_t count;
    struct buf told;                 /* the list as WELCOME has it; empty where there is none */
    uint64_t checked;                /* all blocks up to this one have been looked at */
    uint8_t chain[BLOCK_CHAIN_SIZE]; /* of that block */
    uint64_t unkept;                 /* bytes of blocks looked at since the file was written */
};

/* Reads the file and, behind what it says, the journal. */
void quarantine_init(struct broker *b);
void quarantine_fini(struct quarantine *q);
/* A block is in the journal: takes what is quarantined by it, and keeps it, before any receipt of
 * the block leaves. */
void quarantine_note(struct broker *b, const struct block *block);

const struct quarantined *quarantine_find(const struct quarantine *q, struct receipt receipt);
/* For WELCOME.quarantined. */
struct slice quarantine_told(const struct quarantine *q);
/* One record of the journal. The slices end with the next read. ERR_NOT_FOUND, or as journal_read. */
enum err quarantine_read(struct broker *b, struct receipt receipt, struct block *block,
                         struct block_record *record) MUST_CHECK;
/* The answer of broker.quarantined, from the `start`th on. */
void quarantine_list(struct broker *b, uint64_t start, struct buf *body);

#endif
