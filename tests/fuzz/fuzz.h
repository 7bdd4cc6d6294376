/* What the fuzz targets share. A target is a function of its input alone: it opens what it needs and
 * closes it again, so that an input that was found does the same thing for ever. It fails by CHECK, a
 * sanitizer, or by not ending. The bytes stand in memory of exactly their size.
 *
 * Two programs run the targets: libFuzzer's (main.c, built by clang, makes new inputs) and the replay
 * (replay.c, built as all other tests, runs the kept ones). */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "common/buf.h"
#include "proto/codes.h"
#include "proto/fields.h"

#include <stdio.h>

typedef void fuzz_fn(struct slice in);

#define TARGET(name, says) fuzz_fn fuzz_##name;
#include "tests/fuzz/targets.def"
#undef TARGET

struct fuzz_target {
    const char *name;
    const char *says;
    fuzz_fn *run;
};
extern const struct fuzz_target FUZZ_TARGETS[];
extern const unsigned FUZZ_TARGET_COUNT;
const struct fuzz_target *fuzz_target_find(const char *name); /* NULL */

/* An input that is a row of things, cut from raw bytes so that any input is one: a control byte, two
 * of length (little-endian; less where the input ends), the bytes. */
struct fuzz_part {
    uint8_t control;
    struct slice bytes;
};
bool fuzz_part_next(struct slice *in, struct fuzz_part *part);
void fuzz_part_put(struct buf *out, uint8_t control, struct slice bytes);

/* Takes the first byte, 0 where there is none: which of several things the rest is for. */
uint8_t fuzz_byte(struct slice *in);
/* The input as a file to be read; the caller closes. */
FILE *fuzz_file(struct slice in);

/* A complaint is one clear line: it has a code, and its texts and sentences are UTF-8 that a terminal
 * can be given. */
void fuzz_why(const struct complaint *why);
/* The same for all that were kept, which are to be as many as were counted. */
struct told;
void fuzz_told(const struct told *told, uint32_t mistakes);

/* As a struct of this layout: refused with a complaint, or decoded; then what is encoded again decodes
 * to the same fields and encodes to the same bytes. Whether it was decoded. */
bool fuzz_layout(const struct layout *layout, struct slice in);

#endif
