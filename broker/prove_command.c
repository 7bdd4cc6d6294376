/* thidua-broker --prove: one proof, then the end. The result goes to stdout, as sentences or as one JSON
 * object; progress and what keeps it from beginning go to stderr. */
#include "broker/prove.h"

#include "common/lang.h"
#include "common/log.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define HASH_HEX (2 * BLOCK_CHAIN_SIZE)
#define PROGRESS_BLOCKS 1024 /* between two looks at the terminal */

struct command {
    struct prove_options options;
    char folder[4096];
    uint8_t hash[BLOCK_CHAIN_SIZE];
    bool json, quiet;
    bool silent; /* nothing on stdout where all is well: the caller has more to say */
    int64_t shown;
};

/* ---- arguments ---- */

static bool
number_set(const char *text, uint64_t *number)
{
    char *end;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *number > 0;
}

static bool
hash_set(const char *text, uint8_t hash[BLOCK_CHAIN_SIZE])
{
    size_t len;
    return strlen(text) == HASH_HEX &&
           sodium_hex2bin(hash, BLOCK_CHAIN_SIZE, text, HASH_HEX, NULL, &len, NULL) == 0 &&
           len == BLOCK_CHAIN_SIZE;
}

static bool
switch_set(struct command *c, const char *name)
{
    bool *const switches[] = {&c->json, &c->quiet, &c->silent, &c->options.newest};
    static const char *const names[] = {"--json", "--quiet", "--silent", "--head"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) == 0) {
            return *switches[i] = true;
        }
    }
    return strcmp(name, "--prove") == 0;
}

static bool
value_set(struct command *c, const char *name, const char *value)
{
    if (strcmp(name, "--data") == 0 || strcmp(name, "--journal") == 0) {
        c->options.site = name[2] == 'd';
        int len = snprintf(c->folder, sizeof(c->folder), "%s%s", value,
                           c->options.site ? "/journal" : "");
        return len < (int)sizeof(c->folder);
    }
    if (strcmp(name, "--block") == 0) {
        return number_set(value, &c->options.block);
    }
    if (strcmp(name, "--hash") == 0) {
        c->options.hash = c->hash;
        return hash_set(value, c->hash);
    }
    return false;
}

static void
arguments_read(struct command *c, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!switch_set(c, argv[i]) &&
            (i + 1 == argc || !value_set(c, argv[i], argv[i + 1]) || ++i == argc)) {
            log_fatal(EX_USAGE, LANG_PICK("không hiểu tham số “%s”", "unexpected argument “%s”"),
                      argv[i]);
        }
    }
    if (c->folder[0] == '\0' || (c->options.block == 0) != (c->options.hash == NULL)) {
        log_fatal(EX_USAGE, "%s",
                  LANG_PICK("--prove cần --data hoặc --journal, và --block cùng với --hash",
                            "--prove wants --data or --journal, and --block together with --hash"));
    }
    c->options.folder = c->folder;
}

/* ---- progress ---- */

static void
progress(void *context, uint64_t block, uint64_t last)
{
    struct command *c = context;
    if (block % PROGRESS_BLOCKS == 0) {
        c->shown++;
        fprintf(stderr,
                LANG_PICK("\rkiểm chứng: khối %" PRIu64 " (đoạn cuối bắt đầu ở %" PRIu64 ")\033[K",
                          "\rproof: block %" PRIu64 " (the last segment begins with %" PRIu64
                          ")\033[K"),
                block, last);
    }
}

static void
progress_end(const struct command *c)
{
    if (c->shown > 0) {
        fputs("\r\033[K", stderr);
    }
}

/* ---- the result ---- */

static void
moment(int64_t time_us, char text[64])
{
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm local;
    text[0] = '\0';
    if (localtime_r(&seconds, &local) != NULL) {
        strftime(text, 64, "%Y-%m-%d %H:%M:%S %z", &local);
    }
}

static void
json_print(json_t *result)
{
    json_dumpf(result, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(result);
}

static void
head_print(const struct command *c, const struct proof *p, const char *chain)
{
    char when[64];
    moment(p->head_time_us, when);
    if (c->json) {
        json_print(json_pack("{s:I, s:I, s:I, s:s}", "block", (json_int_t)p->head, "time_us",
                             (json_int_t)p->head_time_us, "first", (json_int_t)p->first, "chain",
                             chain));
        return;
    }
    printf(LANG_PICK("khối %" PRIu64 ", %s\nkhối đầu tiên còn giữ: %" PRIu64 "\nchuỗi băm: %s\n",
                     "block %" PRIu64 ", %s\nfirst block kept: %" PRIu64 "\nchain: %s\n"),
           p->head, when, p->first, chain);
}

/* What the first block rests on, where it is not block 1. */
static void
first_print(const struct command *c, const struct proof *p)
{
    if (p->first == 1) {
        return;
    }
    if (p->first_rests) {
        printf(LANG_PICK("Khối %" PRIu64 " nối tiếp mã băm đã cho của khối %" PRIu64 ".\n",
                         "Block %" PRIu64 " follows from the hash given of block %" PRIu64 ".\n"),
               p->first, c->options.block);
    } else {
        printf(
            LANG_PICK("Khối %" PRIu64
                      " là khối đầu còn giữ (trước đó đã cắt): nội dung của riêng nó chỉ dựa vào "
                      "tổng kiểm tra và niêm phong; chuỗi băm của nó thì đã được kiểm chứng.\n",
                      "Block %" PRIu64
                      " is the first that is kept (a prune took the rest): its own content rests "
                      "on its checksum and seal alone; its chain hash is proved.\n"),
            p->first);
    }
    printf(LANG_PICK("Các khối dưới %" PRIu64
                     " không có ở đây: hãy kiểm chứng trên bản sao lưu còn giữ chúng.\n",
                     "The blocks below %" PRIu64
                     " are not here: prove them on a backup that still holds them.\n"),
           p->first);
}

static void
proved_print(const struct command *c, const struct proof *p, const char *chain)
{
    uint64_t block = c->options.block;
    char when[64];
    moment(p->head_time_us, when);
    printf(LANG_PICK("Khối %" PRIu64 " đến %" PRIu64
                     ": mọi tổng kiểm tra đúng, mỗi khối nối tiếp khối trước; %" PRIu64
                     " tệp, %" PRIu64 " tệp đúng với niêm phong.\n",
                     "Blocks %" PRIu64 " to %" PRIu64
                     ": every checksum is right, each block follows the one before; %" PRIu64
                     " files, %" PRIu64 " of them as they were sealed.\n"),
           p->first, p->head, p->segments, p->sealed);
    if (block != 0) {
        printf(
            LANG_PICK("Đã kiểm chứng: khối %" PRIu64
                      " có mã băm đã cho, nên không bản ghi nào đến hết khối đó bị thay đổi kể từ "
                      "khi mã được ghi lại.\n%" PRIu64 " khối sau đó nối tiếp nó.\n",
                      "Proved: block %" PRIu64
                      " has the hash given, so no record up to its end was changed since that was "
                      "written down.\n%" PRIu64 " blocks after it rest on it.\n"),
            block, p->head - block);
    } else {
        printf("%s\n",
               LANG_PICK("Không có mã băm nào từ bên ngoài được đối chiếu: ai viết lại toàn "
                         "bộ nhật ký thì phép kiểm tra này không phát hiện được.",
                         "No hash from outside was compared: this does not find a journal "
                         "that was written anew as a whole."));
    }
    first_print(c, p);
    printf(LANG_PICK("Khối cuối: %" PRIu64 ", %s\nchuỗi băm: %s\n",
                     "Head: block %" PRIu64 ", %s\nchain: %s\n"),
           p->head, when, chain);
}

static void
proved_json(const struct command *c, const struct proof *p, const char *chain)
{
    json_t *result =
        json_pack("{s:b, s:I, s:I, s:I, s:s, s:b, s:I, s:I}", "proved", 1, "first",
                  (json_int_t)p->first, "head", (json_int_t)p->head, "head_time_us",
                  (json_int_t)p->head_time_us, "chain", chain, "first_rests", p->first_rests,
                  "segments", (json_int_t)p->segments, "sealed", (json_int_t)p->sealed);
    if (c->options.block != 0) {
        json_object_set_new(result, "block", json_integer((json_int_t)c->options.block));
    }
    json_print(result);
}

static void
fault_print(const struct command *c, const struct proof *p)
{
    if (c->json) {
        json_t *result =
            json_pack("{s:b, s:s, s:s, s:s}", "proved", 0, "fault", prove_fault_name(p->fault),
                      "sentence", prove_fault_sentence(p->fault), "file", p->file);
        if (p->block != 0) {
            json_object_set_new(result, "block", json_integer((json_int_t)p->block));
        }
        if (p->byte != 0) {
            json_object_set_new(result, "byte", json_integer((json_int_t)p->byte));
        }
        json_print(result);
        return;
    }
    printf("%s/%s", c->folder, p->file);
    if (p->block != 0) {
        printf(LANG_PICK(", khối %" PRIu64, ", block %" PRIu64), p->block);
    }
    if (p->byte != 0) {
        printf(LANG_PICK(", từ byte %" PRIu64, ", from byte %" PRIu64), p->byte);
    }
    printf(": %s.\n", prove_fault_sentence(p->fault));
}

static int
result_print(const struct command *c, const struct proof *p, enum err err)
{
    char chain[HASH_HEX + 1];
    sodium_bin2hex(chain, sizeof(chain), p->chain, BLOCK_CHAIN_SIZE);
    if (err == ERR_CORRUPT) {
        fault_print(c, p);
    } else if (c->options.newest) {
        head_print(c, p, chain);
    } else if (c->json && !c->silent) {
        proved_json(c, p, chain);
    } else if (!c->silent) {
        proved_print(c, p, chain);
    }
    if (fflush(stdout) != 0) {
        log_fatal(EX_IOERR, "%s",
                  LANG_PICK("không in được kết quả", "the result cannot be written"));
    }
    return err == ERR_OK ? EX_OK : EX_DATAERR;
}

_Noreturn static void
prove_failed(const struct command *c, const struct proof *p, enum err err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        if (c->silent) {
            exit(EX_NOINPUT);
        }
        log_fatal(EX_NOINPUT,
                  LANG_PICK("Không có khối nào của nhật ký trong %s.",
                            "There is no block of a journal in %s."),
                  c->folder);
    case ERR_RANGE:
        log_fatal(
            EX_NOINPUT,
            LANG_PICK("Nhật ký trong %s bắt đầu từ khối %" PRIu64
                      " (trước đó đã cắt), nên khối %" PRIu64
                      " không kiểm chứng được ở đây; hãy dùng thư mục journal của bản sao lưu.",
                      "The journal in %s begins with block %" PRIu64
                      " (it was pruned), so that block %" PRIu64
                      " cannot be proved here; use the journal folder of a backup."),
            c->folder, p->first, c->options.block);
    case ERR_AGAIN:
        log_fatal(EX_TEMPFAIL,
                  LANG_PICK("Nhật ký %s vừa bị cắt trong lúc kiểm chứng; hãy thử lại.",
                            "The journal %s was pruned during the proof; try again."),
                  c->folder);
    default:
        log_fatal(EX_IOERR, LANG_PICK("Không đọc được %s/%s.", "%s/%s cannot be read."), c->folder,
                  p->file);
    }
}

int
prove_command(int argc, char **argv)
{
    static struct command c;
    struct proof proof;
    bool asked = false;
    for (int i = 1; i < argc; i++) {
        asked = asked || strcmp(argv[i], "--prove") == 0;
    }
    if (!asked) {
        return -1;
    }
    if (sodium_init() < 0) {
        log_fatal(EX_OSERR, "%s", "libsodium could not start: the system gives no random numbers.");
    }
    arguments_read(&c, argc, argv);
    c.options.progress = !c.quiet && isatty(STDERR_FILENO) ? progress : NULL;
    c.options.context = &c;
    enum err err = prove_journal(&c.options, &proof);
    progress_end(&c);
    if (err != ERR_OK && err != ERR_CORRUPT) {
        prove_failed(&c, &proof, err);
    }
    return result_print(&c, &proof, err);
}
