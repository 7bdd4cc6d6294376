/* What the command line takes from a file at most, each with its reason. */
#ifndef CLIENTS_LIMITS_H
#define CLIENTS_LIMITS_H

/* Bytes: a cell is a number or a name; a quote that was left open stops here. */
#define CSV_CELL_MAX (32u << 10)
#define CSV_ROW_MAX (1u << 20)       /* bytes: a row becomes a record, which is no longer */
#define CSV_CELLS_MAX 2000           /* a column an indicator, and as many beside them */
#define CSV_CHUNK (64u << 10)        /* bytes read at a time: one pipe's fill */
#define CAMPAIGN_FILE_MAX (1u << 20) /* bytes: the record that it becomes is no longer */
#define CAMPAIGN_FILE_DEPTH_MAX 8    /* nesting: the shipped campaign has 4 */

#define IMPORT_MAP_MAX 100000 /* lines of --map: several times the units and indicators there are */

/* From when on an operator is told, though nothing is wrong yet. */
#define CLOCK_SET_US (INT64_C(60) * 1000000) /* beyond this the broker's clock is not ours */
#define LAG_OLD_MS 60000         /* tallies are seen within half a second when all is well */
#define DISK_SOON_TIMES 4        /* the least free space: at 1 GB a day, the better part of one */
#define SESSIONS_NEAR_PERCENT 75 /* an eighth is the workers'; clients are refused at 88 */

/* An outbox. Bytes of records that wait, or whose fate is kept: a year of daily reports of all 579 wards
 * of a city is a fifth of it; a line that is down for longer is looked at by somebody. */
#define OUTBOX_BYTES_MAX (256u << 20)
#define OUTBOX_ENTRY_BYTES 256 /* counted for what an entry needs beside its record */
#define OUTBOX_MAP_BYTES                                                                           \
    (1u << 30)                 /* four times as much: half-full pages, and those of two writes */
#define OUTBOX_WARN_PERCENT 80 /* told from here on: weeks before it is full, at a year's pace */
#define OUTBOX_DONE_MAX 10000  /* kept to be looked at; the journal has them all */
#define OUTBOX_PUT_MAX 1000    /* entries a transaction: a sync is shared, others wait little */
#define OUTBOX_PUT_BYTES_MAX (2u << 20) /* and bytes: two records of the largest */
#define OUTBOX_GROUP_MAX 500            /* entries in flight: one batch of the client library's */
#define OUTBOX_GROUP_BYTES_MAX                                                                     \
    (200u << 10)              /* and bytes, so that they are one batch with its framing */
#define OUTBOX_GROUP_FIRST 64 /* until the line has shown what it bears */

#endif
