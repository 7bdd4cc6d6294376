/* A bad line between a client and a broker, both on this machine: a unix socket that is forwarded to
 * another one, its connections cut after so many bytes, or stalled, as the seed says.
 *
 *     line LISTEN-PATH BROKER-PATH SEED MOST-BYTES STALL-ONE-IN
 *
 * A connection is cut when 1 to MOST-BYTES bytes went through it; one in STALL-ONE-IN forwards nothing
 * more from there on instead of ending (0: none). MOST-BYTES 0: a good line. Ends with SIGTERM. */
#include "common/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINES_MAX 64
#define PIECE 4096

struct line {
    int ends[2]; /* the client's, the broker's; -1: none */
    long left;   /* bytes until it is cut */
    bool stalls, stalled;
};

struct lines {
    const char *broker;
    int listener;
    unsigned long die;
    long most;
    unsigned stall_in;
    struct line all[LINES_MAX];
};

static unsigned long
dice(struct lines *l, unsigned long below)
{
    l->die = l->die * 6364136223846793005u + 1442695040888963407u;
    return (l->die >> 33) % below;
}

static struct sockaddr_un
address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(strlen(path) < sizeof address.sun_path);
    strcpy(address.sun_path, path);
    return address;
}

static int
broker_connect(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void
line_cut(struct line *line)
{
    for (int e = 0; e < 2; e++) {
        close(line->ends[e]);
        line->ends[e] = -1;
    }
}

static void
line_add(struct lines *l)
{
    int client = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
    int broker = client < 0 ? -1 : broker_connect(l->broker);
    for (int i = 0; i < LINES_MAX && broker >= 0; i++) {
        struct line *line = &l->all[i];
        if (line->ends[0] < 0) {
            *line = (struct line){{client, broker}, 0, false, false};
            line->left = l->most == 0 ? 0 : 1 + (long)dice(l, (unsigned long)l->most);
            line->stalls = l->stall_in > 0 && dice(l, l->stall_in) == 0;
            return;
        }
    }
    if (client >= 0) {
        close(client); /* no broker there */
    }
    if (broker >= 0) {
        close(broker);
    }
}

static bool
all_written(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote <= 0) {
            return false;
        }
        bytes += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

/* From one end to the other; cut amid a piece as well as between two. */
static void
line_move(struct lines *l, struct line *line, int from)
{
    char piece[PIECE];
    size_t most = l->most > 0 && line->left < PIECE ? (size_t)line->left : PIECE;
    ssize_t got = read(line->ends[from], piece, most);
    if (got <= 0 || !all_written(line->ends[!from], piece, (size_t)got)) {
        line_cut(line);
        return;
    }
    line->left -= got;
    if (l->most > 0 && line->left <= 0) {
        line->stalled = line->stalls;
        if (!line->stalls) {
            line_cut(line);
        }
    }
}

static void
lines_run(struct lines *l)
{
    for (;;) {
        struct pollfd fds[1 + 2 * LINES_MAX];
        fds[0] = (struct pollfd){.fd = l->listener, .events = POLLIN};
        for (int i = 0; i < 2 * LINES_MAX; i++) {
            const struct line *line = &l->all[i / 2];
            fds[1 + i] =
                (struct pollfd){.fd = line->stalled ? -1 : line->ends[i % 2], .events = POLLIN};
        }
        CHECK(poll(fds, 1 + 2 * LINES_MAX, -1) > 0 || errno == EINTR);
        for (int i = 0; i < 2 * LINES_MAX; i++) {
            struct line *line = &l->all[i / 2];
            if (fds[1 + i].revents != 0 && line->ends[i % 2] >= 0 && !line->stalled) {
                line_move(l, line, i % 2);
            }
        }
        if (fds[0].revents != 0) {
            line_add(l);
        }
    }
}

int
main(int argc, char **argv)
{
    static struct lines l;
    if (argc != 6) {
        fputs("usage: line LISTEN-PATH BROKER-PATH SEED MOST-BYTES STALL-ONE-IN\n", stderr);
        return 64;
    }
    struct sockaddr_un address = address_of(argv[1]);
    l.broker = argv[2];
    l.die = strtoul(argv[3], NULL, 10);
    l.most = strtol(argv[4], NULL, 10);
    l.stall_in = (unsigned)strtoul(argv[5], NULL, 10);
    for (int i = 0; i < LINES_MAX; i++) {
        l.all[i].ends[0] = l.all[i].ends[1] = -1;
    }
    signal(SIGPIPE, SIG_IGN);
    unlink(argv[1]);
    l.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(l.listener >= 0 && bind(l.listener, (struct sockaddr *)&address, sizeof address) == 0 &&
          listen(l.listener, LINES_MAX) == 0);
    lines_run(&l);
}
