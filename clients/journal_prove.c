/* Runs the broker's program for what the journal's files alone can tell. */
#include "clients/journal_prove.h"

#include "clients/contact.h"
#include "clients/sibling.h"
#include "clients/uplock.h"
#include "clients/words.h"
#include "common/file.h"
#include "proto/block.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define ARGUMENTS_MAX 16
#define HASH_HEX (2 * BLOCK_CHAIN_SIZE)

struct arguments {
    char *list[ARGUMENTS_MAX];
    int count;
};

static void
add(struct arguments *a, const char *text)
{
    a->list[a->count++] = (char *)text;
}

/* A folder named is somebody's copy: it is read, and never written or locked. */
static struct arguments
arguments_of(const struct options *o, const char *folder)
{
    struct arguments a = {.count = 1};
    add(&a, "--prove");
    add(&a, folder == NULL ? "--data" : "--journal");
    add(&a, folder == NULL ? o->data : folder);
    if (o->json) {
        add(&a, "--json");
    }
    if (o->quiet) {
        add(&a, "--quiet");
    }
    return a;
}

int
journal_prove_run(const struct options *o, const char *folder, const char *block, const char *hash)
{
    if (block[0] == '\0' || strspn(block, "0123456789") != strlen(block) || block[0] == '0') {
        return say_code(EX_USAGE,
                        tr("cần số của một khối, không phải “%s”.",
                           "the number of a block is wanted, not “%s”."),
                        block);
    }
    if (strlen(hash) != HASH_HEX || strspn(hash, "0123456789abcdefABCDEF") != HASH_HEX) {
        return say_code(EX_USAGE,
                        tr("cần mã băm gồm %d chữ số thập lục phân như “thidua journal head” in "
                           "ra, không phải “%s”.",
                           "a hash of %d hexadecimal digits is wanted, as “thidua journal head” "
                           "prints it, not “%s”."),
                        HASH_HEX, hash);
    }
    struct arguments a = arguments_of(o, folder);
    add(&a, "--block");
    add(&a, block);
    add(&a, "--hash");
    add(&a, hash);
    return sibling_run("thidua-broker", a.list);
}

int
journal_check_run(const struct options *o, bool silent)
{
    struct arguments a = arguments_of(o, NULL);
    if (silent) {
        add(&a, "--silent");
    }
    return sibling_run("thidua-broker", a.list);
}

int
journal_head_run(const struct options *o, const char *folder)
{
    struct arguments a = arguments_of(o, folder);
    add(&a, "--head");
    return sibling_run("thidua-broker", a.list);
}

bool
journal_is_offline(const struct options *o)
{
    struct settings settings;
    char path[SETTINGS_PATH_MAX + 32], why[512];
    if (o->brokers != NULL || o->office != NULL) {
        return false;
    }
    snprintf(path, sizeof path, "%s/thidua.conf", o->data);
    return file_exists(path) && settings_read(&settings, o->data, why) &&
           !contact_somebody_listens(settings.listen) && !uplock_held(settings.data);
}
