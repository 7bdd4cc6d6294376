/* What peers, disk and time do to us, as values that must be looked at.
 *
 * Three kinds of failure, three treatments: our own bug is CHECK (check.h); a broken environment at
 * start is one sentence and a sysexits code (log.h, log_fatal); everything else is an enum err. */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
    ERR_OK = 0,
    ERR_AGAIN,     /* not now; nothing was changed; try again later */
    ERR_TIMEOUT,   /* the deadline passed */
    ERR_NOT_FOUND, /* no such row, file, block, code */
    ERR_EXISTS,    /* it is there already */
    ERR_CONFLICT,  /* somebody else moved what we rested on */
    ERR_FORMAT,    /* bytes that are not what they should be */
    ERR_FRACTION,  /* a number with more decimals than its type has */
    ERR_RANGE,     /* a number that does not fit */
    ERR_LIMIT,     /* more than limits.h allows */
    ERR_VERSION,   /* a version that this program does not know */
    ERR_CORRUPT,   /* bytes of our own that fail their checksum */
    ERR_FULL,      /* the disk or the map is full */
    ERR_IO,        /* the system said no; the log has its words */
    ERR_CLOSED,    /* the other end, or we, are ending */
    ERR_REFUSED,   /* the peer answered with ERROR */
};

/* The constant's name without ERR_, lower case ("not_found"), for logs; never NULL. */
const char *err_name(enum err err);

#endif
