/* thidua.conf and the data directory. One table names every number that can be set, with its
 * default, its bounds and what the shipped file says about it. */
#include "proto/settings.h"
#include "common/conf.h"
#include "common/decimal.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/text.h"
#include "proto/block.h"
#include "proto/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#define WHY_SIZE 512
#define CONF_BYTES_MAX ((size_t)64 << 10) /* a hundred times the shipped file */
#define OPTION_NAME_MAX 64
#define OFFSET_US_MAX INT64_C(7258118400000000) /* 230 years: the calendar from end to end */
#define IPC "ipc://"
#define TCP "tcp://"
#define IPC_PATH_MAX (sizeof((struct sockaddr_un *)NULL)->sun_path - 1)

struct number_key {
    const char *name;
    size_t offset;
    uint64_t fallback;
    uint64_t min, max;
    const char *vi, *en;
};

/* clang-format off */
#define NUMBER(name, fallback, min, max, vi, en)                                                   \
    {#name, offsetof(struct settings, name), fallback, min, max, vi, en}
/* clang-format on */

static const struct number_key number_keys[] = {
    NUMBER(
        shards, 1, 1, 1024,
        "Số phân mảnh trạng thái; cố định từ khi tạo thư mục dữ liệu, đừng đổi.",
        "Number of shards of the state; fixed when the data directory is made: never change it."),
    NUMBER(site, 1, 0, UINT16_MAX, "Số của máy này trong cụm.",
           "Number of this machine in a cluster."),
    NUMBER(segment_mb, 64, 1, 65536, "Một đoạn nhật ký được niêm phong khi đạt cỡ này (MiB).",
           "A segment of the journal is sealed at this size (MiB)."),
    NUMBER(min_free_mb, 256, 0, 1048576,
           "Đĩa còn trống ít hơn chừng này (MiB) thì bên gửi được báo BUSY.",
           "With less free disk than this (MiB) senders are told BUSY."),
    NUMBER(busy_lag_blocks, 100000, 1, 1000000000,
           "Một phân mảnh chậm hơn chừng này khối thì bên gửi được báo BUSY.",
           "With a shard this many blocks behind, senders are told BUSY."),
    NUMBER(share_kb, 4096, SUBMIT_BYTES_MAX >> 10, BLOCK_BYTES_MAX >> 10,
           "Phần mà một phiên được chiếm trong một khối (KiB).",
           "What one session may put into one block (KiB)."),
    NUMBER(sessions, 2000, 8, 1000000,
           "Số phiên nhiều nhất; giữ dưới 80 % giới hạn tệp mở của hệ thống.",
           "The most sessions; kept under 80 % of the system's limit of open files."),
    NUMBER(heartbeat_ms, 1000, 10, 300000,
           "Mỗi bên lên tiếng ít nhất một lần trong chừng này (ms).",
           "Everybody says something at least this often (ms)."),
    NUMBER(lease_ms, 5000, 20, 600000,
           "Phiên im lặng lâu hơn chừng này (ms) là đã kết thúc; ít nhất gấp đôi heartbeat_ms.",
           "A session silent for longer (ms) has ended; at least twice heartbeat_ms."),
    NUMBER(map_gb, 64, 1, 16384, "Cỡ lớn nhất của LMDB một phân mảnh (GiB không gian địa chỉ).",
           "The largest that a shard's LMDB map may grow (GiB of address space)."),
    NUMBER(quota_records, 1000, 1, 1000000,
           "Số bản ghi và câu hỏi mà một chủ thể qua mạng được gửi mỗi giây; ingest và gateway gấp "
           "10.",
           "Records and questions that a principal over the network may send a second; ingest and "
           "gateway 10 times."),
    NUMBER(quota_kb, 1024, 1, 1048576,
           "Số KiB mà một chủ thể qua mạng được gửi mỗi giây; ingest và gateway gấp 10.",
           "KiB that a principal over the network may send a second; ingest and gateway 10 times."),
    NUMBER(quota_sessions, 32, 1, 100000,
           "Số phiên nhiều nhất của một chủ thể qua mạng; ingest và gateway gấp 10.",
           "The most sessions of a principal over the network; ingest and gateway 10 times."),
};

#define NUMBER_COUNT (sizeof number_keys / sizeof *number_keys)
#define TEXT_COUNT 8
#define KEY_COUNT (NUMBER_COUNT + TEXT_COUNT)

/* One sentence; gives back false, so that a check may `return wrong(...)`. */
__attribute__((format(printf, 2, 3))) static bool
wrong(char why[WHY_SIZE], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, WHY_SIZE, format, args);
    va_end(args);
    text_cut(why);
    return false;
}

static uint64_t *
number_of(struct settings *s, const struct number_key *key)
{
    return (uint64_t *)(void *)((char *)s + key->offset);
}

static void
keys_of(struct settings *s, struct conf_key keys[KEY_COUNT])
{
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        const struct number_key *key = &number_keys[i];
        keys[i] = (struct conf_key){.name = key->name,
                                    .kind = CONF_NUMBER,
                                    .to.number = number_of(s, key),
                                    .min = key->min,
                                    .max = key->max};
    }
    const struct {
        const char *name;
        char *to;
        size_t size;
    } texts[TEXT_COUNT] = {
        {"listen", s->listen, sizeof s->listen},
        {"listen_tcp", s->listen_tcp, sizeof s->listen_tcp},
        {"gateway_listen", s->gateway_listen, sizeof s->gateway_listen},
        {"gateway_cert", s->gateway_cert, sizeof s->gateway_cert},
        {"gateway_tls_key", s->gateway_tls_key, sizeof s->gateway_tls_key},
        {"gateway_secure", s->gateway_secure, sizeof s->gateway_secure},
        {"gateway_proxy", s->gateway_proxy, sizeof s->gateway_proxy},
        {"gateway_console", s->gateway_console, sizeof s->gateway_console},
    };
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        keys[NUMBER_COUNT + i] = (struct conf_key){.name = texts[i].name,
                                                   .kind = CONF_TEXT,
                                                   .to.text = texts[i].to,
                                                   .size = texts[i].size};
    }
}

/* ---- the data directory ---- */

static bool
path_too_long(const char *path, char why[WHY_SIZE])
{
    return wrong(why, LANG_PICK("đường dẫn dài quá: %.400s", "the path is too long: %.400s"), path);
}

/* "thidua-data" from /srv is "/srv/thidua-data"; without slashes at its end. */
static bool
path_from_root(char whole[SETTINGS_PATH_MAX], const char *path, char why[WHY_SIZE])
{
    char folder[SETTINGS_PATH_MAX] = "";
    if (path[0] != '/' && getcwd(folder, sizeof folder) == NULL) {
        return wrong(why, LANG_PICK("không biết thư mục hiện tại: %s", "no current folder: %s"),
                     strerror(errno));
    }
    size_t len = strlen(path);
    while (len > 0 && path[len - 1] == '/') {
        len--;
    }
    if (strlen(folder) + 1 + len >= SETTINGS_PATH_MAX) {
        return path_too_long(path, why);
    }
    struct buf made = BUF_EMPTY;
    buf_printf(&made, "%s%s%.*s%c", folder, folder[0] == '\0' ? "" : "/", (int)len, path, '\0');
    memcpy(whole, made.data, made.len);
    buf_fini(&made);
    return true;
}

/* Absolute, links resolved as far as the path exists: what `init` is about to make does not yet. */
static bool
data_resolve(char data[SETTINGS_PATH_MAX], const char *path, char why[WHY_SIZE])
{
    char whole[SETTINGS_PATH_MAX];
    char there[SETTINGS_PATH_MAX];
    char real[PATH_MAX];
    if (!path_from_root(whole, path, why)) {
        return false;
    }
    size_t at = strlen(whole);
    for (;;) {
        memcpy(there, at == 0 ? "/" : whole, at == 0 ? 1 : at);
        there[at == 0 ? 1 : at] = '\0';
        if (realpath(there, real) != NULL) {
            break;
        }
        if (errno != ENOENT || at == 0) {
            return wrong(why, "%.400s: %s", there, strerror(errno));
        }
        at = (size_t)((char *)memrchr(whole, '/', at) - whole);
    }
    const char *above = strcmp(real, "/") == 0 && whole[at] != '\0' ? "" : real;
    if (strlen(above) + strlen(whole + at) >= SETTINGS_PATH_MAX) {
        return path_too_long(path, why);
    }
    stpcpy(stpcpy(data, above), whole + at);
    return true;
}

/* ---- defaults, the file, the command line ---- */

/* Where the broker listens unless the settings say else. Empty where it has no room. */
static void
listen_default(char listen[SETTINGS_PATH_MAX], const char *data)
{
    struct buf made = BUF_EMPTY;
    buf_printf(&made, IPC "%s/run/broker%c", data, '\0');
    listen[0] = '\0';
    if (made.len <= SETTINGS_PATH_MAX) {
        memcpy(listen, made.data, made.len);
    }
    buf_fini(&made);
}

static bool
listen_check(const char *listen, char why[WHY_SIZE])
{
    const char *path = listen + strlen(IPC);
    /* A relative path would be another place for each process. A name without a file (@name) or an
     * address has no mode, and whoever reaches it would be the local operator. */
    if (strncmp(listen, IPC, strlen(IPC)) != 0 || path[0] != '/') {
        return wrong(why,
                     LANG_PICK("listen phải là ipc:///đường/dẫn, không phải “%.200s”; địa chỉ mạng "
                               "đặt ở listen_tcp",
                               "listen must be ipc:///a/path, not “%.200s”; an address of the "
                               "network belongs into listen_tcp"),
                     listen);
    }
    if (strlen(path) > IPC_PATH_MAX) {
        return wrong(
            why,
            LANG_PICK("đường dẫn ổ cắm của listen dài %zu byte, hệ thống chỉ nhận %zu; hãy "
                      "chọn thư mục dữ liệu có đường dẫn ngắn hơn, hoặc ghi listen = "
                      "ipc:///run/thidua/broker: %.200s",
                      "the socket path of listen has %zu bytes, the system takes only "
                      "%zu; choose a data directory with a shorter path, or write listen "
                      "= ipc:///run/thidua/broker: %.200s"),
            strlen(path), IPC_PATH_MAX, listen);
    }
    return true;
}

static bool
listen_tcp_check(const char *listen, char why[WHY_SIZE])
{
    if (listen[0] == '\0' || (strncmp(listen, TCP, strlen(TCP)) == 0 &&
                              listen[strlen(TCP)] != '\0' && strchr(listen, '#') == NULL)) {
        return true;
    }
    return wrong(why,
                 LANG_PICK("listen_tcp phải là tcp://địa-chỉ:cổng, ví dụ tcp://*:5571, hoặc để "
                           "trống; không phải “%.200s”",
                           "listen_tcp must be tcp://address:port, like tcp://*:5571, or empty; "
                           "not “%.200s”"),
                 listen);
}

/* What must hold once all keys are known. */
static bool
settings_check(const struct settings *s, char why[WHY_SIZE])
{
    if (s->lease_ms / 2 < s->heartbeat_ms) {
        return wrong(why,
                     LANG_PICK("lease_ms (%" PRIu64 ") phải ít nhất gấp đôi heartbeat_ms (%" PRIu64
                               "), nếu không mỗi phiên chậm một nhịp là bị coi như đã kết thúc",
                               "lease_ms (%" PRIu64
                               ") must be at least twice heartbeat_ms (%" PRIu64
                               "), or a session that is one beat late counts as ended"),
                     s->lease_ms, s->heartbeat_ms);
    }
    bool yes = strcmp(s->gateway_secure, "yes") == 0;
    if (!yes && s->gateway_secure[0] != '\0' && strcmp(s->gateway_secure, "no") != 0) {
        return wrong(why,
                     LANG_PICK("gateway_secure là yes hoặc no", "gateway_secure is yes or no"));
    }
    return listen_check(s->listen, why) && listen_tcp_check(s->listen_tcp, why);
}

static bool
defaults_set(struct settings *s, const char *data, char why[WHY_SIZE])
{
    *s = (struct settings){0};
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        *number_of(s, &number_keys[i]) = number_keys[i].fallback;
    }
    if (!data_resolve(s->data, data, why)) {
        return false;
    }
    listen_default(s->listen, s->data);
    return true;
}

static bool
file_apply(struct settings *s, char why[WHY_SIZE])
{
    struct buf path = BUF_EMPTY;
    struct buf text = BUF_EMPTY;
    buf_printf(&path, "%s/thidua.conf%c", s->data, '\0');
    enum err err = file_read((const char *)path.data, CONF_BYTES_MAX, &text);
    buf_fini(&path);

    bool right = err == ERR_OK;
    if (err == ERR_NOT_FOUND) {
        wrong(why,
              LANG_PICK("không có thidua.conf trong thư mục dữ liệu; hãy tạo bằng “thidua init”, "
                        "hoặc chỉ đúng thư mục bằng --data: %.300s",
                        "there is no thidua.conf in the data directory; make it with “thidua "
                        "init”, or name the right one with --data: %.300s"),
              s->data);
    } else if (err != ERR_OK) {
        wrong(why,
              LANG_PICK("không đọc được thidua.conf (%s): %.300s",
                        "thidua.conf cannot be read (%s): %.300s"),
              err_name(err), s->data);
    } else {
        struct conf_key keys[KEY_COUNT];
        char sentence[256];
        keys_of(s, keys);
        right = conf_read(buf_slice_of(&text), keys, KEY_COUNT, sentence) == ERR_OK ||
                wrong(why, "%s (%.200s/thidua.conf)", sentence, s->data);
    }
    buf_fini(&text);
    return right;
}

struct option {
    char name[OPTION_NAME_MAX]; /* with _ for - */
    const char *value;
};

/* The option at argv[*i], moving past it and its value. */
static bool
option_next(int argc, char **argv, int *i, struct option *option, char why[WHY_SIZE])
{
    const char *given = argv[(*i)++];
    size_t len = strncmp(given, "--", 2) == 0 ? strcspn(given + 2, "=") : 0;
    if (len == 0 || len >= sizeof option->name) {
        return wrong(why, LANG_PICK("không hiểu tham số “%.60s”", "unexpected argument “%.60s”"),
                     given);
    }
    for (size_t c = 0; c < len; c++) {
        option->name[c] = given[2 + c] == '-' ? '_' : given[2 + c];
    }
    option->name[len] = '\0';
    if (given[2 + len] == '=') {
        option->value = given + 2 + len + 1;
    } else if (*i < argc) {
        option->value = argv[(*i)++];
    } else {
        return wrong(why, LANG_PICK("%s: thiếu giá trị", "%s: the value is missing"), given);
    }
    return true;
}

static bool
offset_set(struct settings *s, const char *value, char why[WHY_SIZE])
{
    int64_t offset;
    if (decimal_parse(slice_text(value), 0, &offset) != ERR_OK || offset > OFFSET_US_MAX ||
        offset < -OFFSET_US_MAX) {
        return wrong(why,
                     LANG_PICK("--clock-offset-us: cần số µs, không phải “%.40s”",
                               "--clock-offset-us: a number of µs is needed, not “%.40s”"),
                     value);
    }
    s->clock_offset_us = offset;
    return true;
}

/* True: the option is one that no file has, and *set says whether it was taken. */
static bool
place_set(struct settings *s, const struct option *option, bool *set, char why[WHY_SIZE])
{
    char *to = strcmp(option->name, "broker") == 0 ? s->broker
               : strcmp(option->name, "key") == 0  ? s->key_file
                                                   : NULL;
    if (to == NULL) {
        return false;
    }
    size_t len = strlen(option->value);
    *set = len < SETTINGS_PATH_MAX || path_too_long(option->value, why);
    memcpy(to, option->value, *set ? len + 1 : 0);
    return true;
}

static bool
options_apply(struct settings *s, int argc, char **argv, char why[WHY_SIZE])
{
    struct conf_key keys[KEY_COUNT];
    keys_of(s, keys);
    for (int i = 1; i < argc;) {
        struct option option;
        char sentence[256];
        if (!option_next(argc, argv, &i, &option, why)) {
            return false;
        }
        if (strcmp(option.name, "data") == 0) {
            continue; /* it was first, the file lies in it */
        }
        bool set;
        if (place_set(s, &option, &set, why)) {
            if (!set) {
                return false;
            }
        } else if (strcmp(option.name, "clock_offset_us") == 0) {
            if (!offset_set(s, option.value, why)) {
                return false;
            }
        } else if (conf_set(option.name, option.value, keys, KEY_COUNT, sentence) != ERR_OK) {
            return wrong(why, LANG_PICK("tùy chọn sai: %s", "wrong option: %s"), sentence);
        }
    }
    return true;
}

/* The last --data, else $THIDUA_DATA, else the default; NULL where the options cannot be read. */
static const char *
data_of_options(int argc, char **argv, char why[WHY_SIZE])
{
    const char *data = getenv("THIDUA_DATA");
    if (data == NULL || data[0] == '\0') {
        data = SETTINGS_DATA_DEFAULT;
    }
    for (int i = 1; i < argc;) {
        struct option option;
        if (!option_next(argc, argv, &i, &option, why)) {
            return NULL;
        }
        if (strcmp(option.name, "data") == 0) {
            data = option.value;
        }
    }
    return data;
}

bool
settings_load(struct settings *s, int argc, char **argv, char why[WHY_SIZE])
{
    const char *data = data_of_options(argc, argv, why);
    return data != NULL && defaults_set(s, data, why) && file_apply(s, why) &&
           options_apply(s, argc, argv, why) && settings_check(s, why);
}

bool
settings_read(struct settings *s, const char *data, char why[WHY_SIZE])
{
    return defaults_set(s, data, why) && file_apply(s, why) && settings_check(s, why);
}

bool
settings_defaults(struct settings *s, const char *data, char why[WHY_SIZE])
{
    return defaults_set(s, data, why) && settings_check(s, why);
}

/* A key that may be empty, which a file cannot say: then a comment shows its form. */
static void
text_write(struct buf *out, const char *name, const char *value, const char *form)
{
    bool set = value[0] != '\0';
    buf_printf(out, "%s%s = %s\n", set ? "" : "# ", name, set ? value : form);
}

static void
gateway_write(const struct settings *s, struct buf *out)
{
    buf_printf(out, "\n# Nơi cổng HTTP lắng nghe; trống: “thidua up” không chạy cổng.\n"
                    "# Where the HTTP gateway listens; empty: “thidua up” starts none.\n");
    text_write(out, "gateway_listen", s->gateway_listen, "127.0.0.1:8080");
    buf_printf(out,
               "\n# Chứng thư và khóa TLS (PEM) của cổng; trống: HTTP, sau một proxy.\n"
               "# The gateway's TLS certificate and key (PEM); empty: HTTP, behind a proxy.\n");
    text_write(out, "gateway_cert", s->gateway_cert, "/etc/thidua/gateway.crt");
    text_write(out, "gateway_tls_key", s->gateway_tls_key, "/etc/thidua/gateway.key");
    buf_printf(out,
               "\n# Sau một proxy nói TLS: yes, để trình duyệt chỉ gửi cookie qua HTTPS.\n"
               "# Behind a proxy that speaks TLS: yes, so that browsers send the cookie over HTTPS "
               "only.\n");
    text_write(out, "gateway_secure", s->gateway_secure, "yes");
    buf_printf(out, "\n# Địa chỉ của proxy đó: X-Forwarded-For của nó được tin.\n"
                    "# That proxy's address: its X-Forwarded-For is believed.\n");
    text_write(out, "gateway_proxy", s->gateway_proxy, "127.0.0.1");
    buf_printf(out, "\n# Thư mục trang của bảng điều khiển; trống: bản đã cài.\n"
                    "# The folder of the console's pages; empty: the installed one.\n");
    text_write(out, "gateway_console", s->gateway_console, "/usr/local/share/thidua/console");
}

int
settings_write(const struct settings *s, char *text, unsigned size)
{
    char fallback[SETTINGS_PATH_MAX];
    struct buf out = BUF_EMPTY;
    listen_default(fallback, s->data);
    /* Where it is the default it stays a comment, so that the data directory may be moved. */
    bool moved = strcmp(s->listen, fallback) != 0;
    buf_printf(
        &out,
        "# Thi Đua: thiết lập của một máy. Mỗi khóa cũng là một tùy chọn: --khóa giá-trị.\n"
        "# Thi Đua: the settings of one machine. Every key is an option too: --key value.\n"
        "\n"
        "# Nơi broker lắng nghe; mặc định là run/broker trong thư mục dữ liệu.\n"
        "# Where the broker listens; default run/broker in the data directory.\n"
        "%slisten = %s\n"
        "\n"
        "# Nơi broker lắng nghe mạng, ví dụ tcp://*:5571; trống: không. Cần keys/broker trong "
        "thư mục\n"
        "# dữ liệu (“thidua keys”), và chỉ mở khi đã biết khóa nào được vào.\n"
        "# Where the broker listens to the network, like tcp://*:5571; empty: nowhere. Needs "
        "keys/broker\n"
        "# in the data directory (“thidua keys”), and opens once it knows which keys may come "
        "in.\n"
        "%slisten_tcp = %s\n",
        moved ? "" : "# ", moved ? s->listen : "ipc:///…/run/broker",
        s->listen_tcp[0] == '\0' ? "# " : "",
        s->listen_tcp[0] == '\0' ? "tcp://*:5571" : s->listen_tcp);
    gateway_write(s, &out);
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        const struct number_key *key = &number_keys[i];
        uint64_t number;
        memcpy(&number, (const char *)s + key->offset, sizeof number);
        buf_printf(&out, "\n# %s\n# %s\n%s = %" PRIu64 "\n", key->vi, key->en, key->name, number);
    }
    int len = snprintf(text, size, "%.*s", SLICE_ARG(buf_slice_of(&out)));
    buf_fini(&out);
    return len;
}
