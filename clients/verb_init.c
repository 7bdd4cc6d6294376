/* thidua init: makes a data directory. Nothing is journalled here: `thidua up --clock` may set an earlier
 * clock, and a block's time never goes back. The campaign, the units and the operator's key wait, encoded,
 * in DATA/first/ until `up` has a broker to submit them to; a ULID inside each makes it harmless to submit one twice.
 * The directory is made beside and renamed at the end: it is there whole or not at all. */
#include "clients/files.h"
#include "clients/keyring.h"
#include "clients/options.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "proto/settings.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define CONF_ROOM (64u << 10)

struct init {
    const char *campaign, *units;
    struct settings settings;
    struct buf campaign_record, units_record, operator_record;
    char made[SETTINGS_PATH_MAX + 16]; /* the folder beside */
};

/* Both files are read though the first is wrong: all mistakes in one go. */
static int
files_read(struct init *init)
{
    struct arena *arena = arena_new();
    struct campaign campaign = {0};
    struct units units = {0};
    int first = campaign_file_read(init->campaign, arena, &campaign, NULL);
    int second = units_file_read(init->units, arena, &units, NULL);
    int code = first != 0 ? first : second;
    code = code == 0 ? campaign_record_encode(&campaign, &init->campaign_record) : code;
    code = code == 0 ? units_record_encode(&units, &init->units_record) : code;
    arena_free(&arena);
    return code;
}

static bool
put(const struct init *init, const char *name, struct slice bytes)
{
    char path[sizeof init->made + 64];
    snprintf(path, sizeof path, "%s/%s", init->made, name);
    return file_replace(path, bytes) == ERR_OK;
}

static bool
folders_make(const struct init *init)
{
    static const char *const names[] = {"journal", "state", "run", "client", "first"};
    char path[sizeof init->made + 16];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", init->made, names[i]);
        if (file_make_folder(path) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool
directory_fill(struct init *init)
{
    char *conf = malloc(CONF_ROOM);
    bool good =
        conf != NULL && folders_make(init) && keyring_make(init->made, &init->operator_record);
    int len = good ? settings_write(&init->settings, conf, CONF_ROOM) : -1;
    /* The campaign first, so that the day of the units is that of its UTC offset. */
    good = len > 0 && len < (int)CONF_ROOM &&
           put(init, "first/01-campaign.rec", buf_slice_of(&init->campaign_record)) &&
           put(init, "first/02-units.rec", buf_slice_of(&init->units_record)) &&
           put(init, "first/03-operator.rec", buf_slice_of(&init->operator_record)) &&
           put(init, "thidua.conf", slice_of(conf, (size_t)len));
    free(conf);
    return good;
}

static int
directory_make(struct init *init)
{
    const char *data = init->settings.data;
    snprintf(init->made, sizeof init->made, "%s.XXXXXX", data);
    if (mkdtemp(init->made) == NULL) {
        return say_code(EX_CANTCREAT, tr("không tạo được %s: %s.", "%s cannot be made: %s."), data,
                        strerror(errno));
    }
    /* An empty folder of that name is replaced by rename(2); anything else is left alone. */
    /* mkdtemp made it 0700, and so it stays: whoever may enter may everything. */
    bool good = directory_fill(init) && rename(init->made, data) == 0;
    if (!good) {
        int reason = errno;
        if (file_remove_tree(init->made) != ERR_OK) {
            say(tr("hãy xóa thư mục tạm %s.", "remove the temporary folder %s."), init->made);
        }
        return say_code(EX_CANTCREAT, tr("không tạo được %s: %s.", "%s cannot be made: %s."), data,
                        strerror(reason));
    }
    return 0;
}

/* An empty folder is not: whoever made the mount point or the folder wants it filled. */
static bool
is_in_the_way(const char *path)
{
    DIR *folder = opendir(path);
    unsigned entries = 0;
    if (folder == NULL) {
        return errno != ENOENT;
    }
    while (readdir(folder) != NULL) {
        entries++;
    }
    closedir(folder);
    return entries > 2; /* . and .. */
}

static int
init_run(struct init *init, const struct options *o, uint64_t shards)
{
    char why[512];
    if (!settings_defaults(&init->settings, o->data, why)) {
        return say_code(EX_USAGE, "%s", why);
    }
    init->settings.shards = shards;
    if (is_in_the_way(init->settings.data)) {
        return say_code(EX_CANTCREAT,
                        tr("%s đã có; hãy chọn thư mục khác bằng --data.",
                           "%s is there already; name another directory with --data."),
                        init->settings.data);
    }
    int code = files_read(init);
    code = code == 0 ? directory_make(init) : code;
    if (code == 0 && !o->quiet) {
        say(tr("đã tạo %s; chạy bằng “thidua up --data %s”.",
               "%s is made; run it with “thidua up --data %s”."),
            init->settings.data, o->data);
    }
    return code;
}

int
verb_init(int argc, char **argv)
{
    struct options o;
    struct init init = {0};
    uint64_t shards = 1;
    const struct option_spec own[] = {
        TEXT_OPTION("campaign", "FILE", &init.campaign, true, "tệp phong trào (campaign.yaml)",
                    "the campaign (campaign.yaml)"),
        TEXT_OPTION("units", "FILE", &init.units, true, "danh sách đơn vị (units.csv)",
                    "the registry of units (units.csv)"),
        NUMBER_OPTION("shards", "N", &shards, false, "số phân mảnh, cố định mãi về sau; mặc định 1",
                      "number of shards, fixed from then on; default 1"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (shards < 1 || shards > 1024) {
        return say_code(EX_USAGE, tr("--shards từ 1 đến 1024.", "--shards is 1 to 1024."));
    }
    code = init_run(&init, &o, shards);
    buf_fini(&init.campaign_record);
    buf_fini(&init.units_record);
    buf_fini(&init.operator_record);
    return code;
}
