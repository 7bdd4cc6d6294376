/* libFuzzer's entry. One program for all targets: FUZZ=cursor build/fuzz/tests/fuzz [libFuzzer's options]. */
#include "tests/fuzz/fuzz.h"

#include "common/log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct fuzz_target *target;
    if (target == NULL) {
        const char *name = getenv("FUZZ");
        target = name == NULL ? NULL : fuzz_target_find(name);
        if (target == NULL) {
            fprintf(stderr, "FUZZ=TARGET is needed; the targets are in tests/fuzz/targets.def\n");
            exit(64);
        }
        log_open("fuzz", LOG_ERROR);
    }
    target->run(slice_of(data, len));
    return 0;
}
