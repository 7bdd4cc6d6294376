/* Runs the kept inputs of every target, built as all other tests are: what was found once stays found.
 *     build/tests/test_corpus                    all of tests/fuzz/corpus, as TAP, from the checkout's root
 *     build/tests/test_corpus TARGET FILE...     these, for looking at an input that a fuzzer found
 * Each target runs in a process of its own, so that one that dies leaves the others to be told; the
 * input in hand stands in memory that it shares with us. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/file.h"
#include "common/log.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CORPUS "tests/fuzz/corpus"
#define INPUT_MAX (1u << 20)
#define CHILD_SECONDS 120 /* a target that hangs is killed, and told as one that died */

struct run {
    char input[4096]; /* the one in hand */
    unsigned done;
};

static void
file_run(const struct fuzz_target *target, struct run *run)
{
    struct buf bytes = BUF_EMPTY;
    if (file_read(run->input, INPUT_MAX, &bytes) != ERR_OK) {
        fprintf(stderr, "%s cannot be read\n", run->input);
        exit(66);
    }
    /* A copy of exactly its size, so that a read past its end is seen. */
    uint8_t *copy = malloc(bytes.len == 0 ? 1 : bytes.len);
    CHECK(copy != NULL);
    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    target->run(slice_of(copy, bytes.len));
    free(copy);
    buf_fini(&bytes);
    run->done++;
}

static void
folder_run(const struct fuzz_target *target, struct run *run)
{
    struct dirent **names = NULL;
    char folder[256];
    snprintf(folder, sizeof folder, CORPUS "/%s", target->name);
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            snprintf(run->input, sizeof run->input, "%s/%s", folder, names[i]->d_name);
            file_run(target, run);
        }
        free(names[i]);
    }
    free(names);
}

/* exit(), not _exit(): LeakSanitizer looks at the end of a process. */
static bool
target_run(const struct fuzz_target *target, struct run *run)
{
    int status;
    *run = (struct run){0};
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(CHILD_SECONDS);
        folder_run(target, run);
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
all_run(void)
{
    int failed = 0;
    struct run *run =
        mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(run != MAP_FAILED);
    printf("1..%u\n", FUZZ_TARGET_COUNT);
    for (unsigned i = 0; i < FUZZ_TARGET_COUNT; i++) {
        const char *name = FUZZ_TARGETS[i].name;
        bool good = target_run(&FUZZ_TARGETS[i], run);
        if (good && run->done > 0) {
            printf("ok %u - %s: %u inputs\n", i + 1, name, run->done);
        } else if (good) {
            printf("not ok %u - %s: no inputs in " CORPUS "/%s\n", i + 1, name, name);
        } else {
            printf("not ok %u - %s: died of %s\n", i + 1, name, run->input);
        }
        failed += !good || run->done == 0;
    }
    munmap(run, sizeof *run);
    return failed == 0 ? 0 : 1;
}

static int
named_run(const char *name, char **files)
{
    static struct run run;
    const struct fuzz_target *target = fuzz_target_find(name);
    if (target == NULL) {
        fprintf(stderr, "there is no target %s; tests/fuzz/targets.def has them\n", name);
        return 64;
    }
    for (; *files != NULL; files++) {
        snprintf(run.input, sizeof run.input, "%s", *files);
        printf("%s\n", run.input);
        fflush(stdout);
        file_run(target, &run);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    log_open("replay", LOG_ERROR);
    return argc > 1 ? named_run(argv[1], argv + 2) : all_run();
}
