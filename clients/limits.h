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

#endif
