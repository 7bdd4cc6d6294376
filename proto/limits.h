/* Every limit of the contract, in one place, each with its reason. PROTOCOL.md shows this table. */
#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

#define PROTOCOL_VERSION 1 /* raise when an old peer would misread a message; HELLO tells it */
#define RECORD_VERSION                                                                             \
    1 /* raise when an old worker would misread a record: upgrade workers first */

#define CODE_MAX 32                 /* a code must fit a table column and a LMDB key */
#define PRINCIPAL_MAX 65            /* stored with every record: two codes and an @ between */
#define SUBMIT_RECORDS_MAX 1000     /* one receipt message answers all of them */
#define QUARANTINES_MAX 3000        /* all of them fit one WELCOME */
#define SUBMIT_BYTES_MAX (1u << 20) /* a bad line can resend it; one sender cannot hold the loop */
#define RECORD_BYTES_MAX ((1u << 20) - 4096) /* one record and its envelope fit one submit */
#define MESSAGE_BYTES_MAX (16u << 20)        /* ZMQ_MAXMSGSIZE: a BLOCKS frame is the largest */
#define DEPTH_MAX 8                          /* a campaign nests to 6; deeper is an attack */
#define REPORT_VALUES_MAX 500                /* a form nobody could fill in */
#define CAMPAIGN_THEMES_MAX 100              /* a page that nobody could read */
#define CAMPAIGN_INDICATORS_MAX 1000         /* a tally of all of them fits one answer */
#define CAMPAIGN_FORMS_MAX 100               /* the whole campaign fits one record */
#define CAMPAIGN_RULES_MAX 500               /* all of them are checked for every report */
#define CAMPAIGN_SCORES_MAX 200              /* a score sheet that a council could still read */
#define CAMPAIGN_AWARDS_MAX 200              /* the law of 2021 knows some forty titles and forms */
#define RULE_TERMS_MAX 50                    /* a sum that fits a line of the reason */
#define FORM_LIST_MAX 64                     /* levels, kinds and sources of one form */
#define FORM_UNITS_MAX 5000                  /* units that one form names */
#define CAMPAIGNS_MAX 1000                   /* ids are 16 bits; a city runs a few a year */
#define UNITS_MAX 20000             /* Vietnam had 10,600 communes in 2021; rows, not codes */
#define UNIT_DEPTH_MAX 12           /* levels from the top; also what ends a cycle */
#define TITLE_MAX 400               /* bytes: two lines of a form */
#define NAME_MAX_BYTES 200          /* bytes of a unit's name */
#define UNIT_STEPS_MAX 1000         /* ancestors of a row on all its days: 12, changed 80 times */
#define CONTACT_MAX 200             /* bytes: a name and a telephone number */
#define POPULATION_MAX 20000000000u /* more people than there are */
#define FORM_DAYS_MAX 3660          /* due and expires: ten years; a day plus this fits 32 bits */
#define UTC_OFFSET_MAX (14 * 60)    /* minutes, either way: the widest zone in use is +14:00 */
#define FIGURES_BYTES_MAX 16384     /* twice what every code with its count takes */
#define QUERY_ARGS_MAX (64u << 10)  /* bytes of a query's arguments */
#define ANSWER_BYTES_MAX (4u << 20) /* a longer answer is given in pages */
#define QUERY_WAIT_MAX_MS 60000     /* how long a query may wait for its `after` */
#define ACCESS_KEYS_MAX 2           /* the old one and the new one, while a key is changed */
#define ACCESS_TOKENS_MAX 8   /* systems that one principal runs, each with an old and a new one */
#define PASSWORD_HASH_MAX 127 /* crypto_pwhash_STRBYTES without its zero */
#define ACCESS_UNITS_MAX 1000 /* a list that a person keeps; a subtree is one entry */
#define ACCESS_ACTS_FOR_MAX 1000    /* beyond it, "*" */
#define ACCESS_PRINCIPALS_MAX 20000 /* as many as units: all of them fit the broker's memory */
#define CLIENT_BROKERS_MAX 16       /* a list that a person keeps */
#define CLIENT_IN_FLIGHT_MAX 1024 /* batches of one client; the broker's share ends it far sooner */
#define RETRY_FIRST_MS 1000       /* an answer comes after a sync or two of a disk: no sooner */
#define RETRY_MAX_MS 8000         /* long enough for a broker that starts, short for a person */
#define REVISION_RANGE_MIN 100    /* stamps a sync of revision_file: ten syncs a second when slow */
#define REVISION_RANGE_MAX 4096   /* and no more than 25 at 100,000 stamps a second */

/* scores and awards of a campaign */
#define SCORE_POINTS_MAX 1000000       /* 10,000 points: a sheet of 200 such lines fits an int32 */
#define SCORE_TARGET_MAX 1000000000000 /* of any unit; in millionths it is 10^18: an int64 */
#define SCORE_PER_MAX 1000000          /* per 1,000,000 people: no rate is counted per more */
#define SCORE_AT_MAX 1000              /* percent: ten times the target is a target set wrong */
#define AWARD_QUOTA_MAX 1000000        /* more than are employed */
#define STAGE_DAYS_MAX 3660            /* as FORM_DAYS_MAX */

/* the council's work */
#define REASON_MAX 2000               /* bytes: half a page */
#define SUMMARY_MAX 16000             /* bytes: four pages, what a report of achievements runs to */
#define EVIDENCE_MAX 200              /* cells that a person can look through */
#define DOCUMENTS_MAX 20              /* the law asks for three to five */
#define FILE_CHUNK_BYTES (256u << 10) /* a bad line sends it again; four fit one SUBMIT */
#define FILE_BYTES_MAX (10u << 20)    /* a scanned dossier */
#define MEMBERS_MAX 200               /* a council has 9 to 30 */
#define TABLE_MAX 1000                /* nominations of one meeting: its record fits one SUBMIT */
#define CONSULTED_MAX 20              /* units asked about one nomination */
#define BALLOT_SEALED_MAX 128         /* proto/ballot.h: a sealed box of 82 bytes, and room */

#endif
