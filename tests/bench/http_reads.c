/* What a person who has signed in waits for over HTTP: a read of the tallies, by many at once, alone and while an import is under way;
 * and all of the console's files, over one connection. Readers are keep-alive connections of this process, each with
 * one request open; the floor is /healthz, which asks nobody. */
#include "tests/bench/bench.h"

#include "common/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READERS 16     /* open pages that ask at once */
#define READ_S 4       /* of each figure */
#define SAMPLES 200000 /* more than READ_S give */
#define ROOM (512u << 10)
#define PAGES "workers/gateway/console"

struct reader {
    int fd;
    char *in; /* what has come of the answer */
    size_t len;
    double asked_s;
};

static int
connected(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static char cookie[64]; /* of the session that all of them have */

static void
ask(struct reader *r, const char *path)
{
    char request[1024];
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: bench\r\nCookie: %s\r\n\r\n", path, cookie);
    r->len = 0;
    r->asked_s = now_s();
    CHECK(write(r->fd, request, (size_t)len) == len);
}

/* True: the answer is whole, and is 200. */
static bool
answered(struct reader *r)
{
    ssize_t got = read(r->fd, r->in + r->len, ROOM - 1 - r->len);
    CHECK(got > 0);
    r->len += (size_t)got;
    r->in[r->len] = '\0';
    char *end = strstr(r->in, "\r\n\r\n");
    char *length = end == NULL ? NULL : strcasestr(r->in, "content-length: ");
    CHECK(end == NULL || (length != NULL && strncmp(r->in, "HTTP/1.1 200", 12) == 0));
    return end != NULL && r->len >= (size_t)(end + 4 - r->in) + strtoul(length + 16, NULL, 10);
}

static void
sign_in(int port)
{
    static const char body[] = "{\"principal\": \"bench\", \"password\": \"bench-password\"}";
    char request[512];
    struct reader r = {.fd = connected(port), .in = malloc(ROOM)};
    int len = snprintf(request, sizeof request,
                       "POST /api/session HTTP/1.1\r\nHost: bench\r\nContent-Type: "
                       "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       sizeof body - 1, body);
    CHECK(r.in != NULL && write(r.fd, request, (size_t)len) == len);
    while (!answered(&r)) {
    }
    const char *set = strcasestr(r.in, "set-cookie: ");
    CHECK(set != NULL && sscanf(set + 12, "%63[^;\r]", cookie) == 1);
    close(r.fd);
    free(r.in);
}

static void
read_many(struct figures *f, const char *name, int port, const char *path)
{
    static double took[SAMPLES];
    struct reader readers[READERS];
    char rate[128];
    size_t count = 0;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    double begin = now_s();
    for (uint32_t i = 0; i < READERS; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        readers[i] = (struct reader){.fd = connected(port), .in = malloc(ROOM)};
        CHECK(readers[i].in != NULL && epoll_ctl(epoll, EPOLL_CTL_ADD, readers[i].fd, &event) == 0);
        ask(&readers[i], path);
    }
    while (now_s() - begin < READ_S && count < SAMPLES) {
        struct epoll_event event;
        CHECK(epoll_wait(epoll, &event, 1, 60000) == 1 || errno == EINTR);
        struct reader *r = &readers[event.data.u32];
        if (answered(r)) {
            took[count++] = now_s() - r->asked_s;
            ask(r, path);
        }
    }
    for (uint32_t i = 0; i < READERS; i++) {
        close(readers[i].fd);
        free(readers[i].in);
    }
    close(epoll);
    snprintf(rate, sizeof rate, "%s, %d readers", name, READERS);
    figure_add(f, rate, "reads/s", (double)count / READ_S);
    figure_add_times(f, name, took, count);
}

/* Every file, one after the other, as a browser with an empty cache at its slowest. */
static void
read_pages(struct figures *f, int port)
{
    struct reader r = {.fd = connected(port), .in = malloc(ROOM)};
    FILE *list =
        popen("find " PAGES " -type f -not -name '*.md' -not -name '.*' -printf '%P\\n'", "re");
    char name[256], path[300];
    size_t files = 2, bytes = 0;
    CHECK(r.in != NULL && list != NULL);
    double begin = now_s();
    while (fgets(name, sizeof name, list) != NULL) {
        name[strcspn(name, "\n")] = '\0';
        snprintf(path, sizeof path, "/console/%s", strcmp(name, "index.html") == 0 ? "" : name);
        ask(&r, path);
        while (!answered(&r)) {
        }
        bytes += r.len;
        files++;
    }
    static const char *const libraries[] = {"/console/lib/bootstrap.min.css",
                                            "/console/lib/chart.min.js"};
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        ask(&r, libraries[i]);
        while (!answered(&r)) {
        }
        bytes += r.len;
    }
    figure_add(f, "http, the console's files over one connection", "ms", (now_s() - begin) * 1e3);
    figure_add(f, "http, the console's files", "files", (double)files);
    figure_add(f, "http, the console's files, not zipped", "KiB", (double)bytes / 1024);
    pclose(list);
    close(r.fd);
    free(r.in);
}

void
http_reads(struct figures *f, int port, const char *import_command)
{
    char background[3 * PATH_ROOM + 64];
    sign_in(port);
    read_pages(f, port);
    read_many(f, "http, /healthz: floor", port, "/healthz");
    read_many(f, "http, /api/tallies of a commune", port,
              "/api/tallies?unit=commune-00007&period=202101");
    read_many(f, "http, /api/tallies of the city", port, "/api/tallies?unit=city&period=202101");
    snprintf(background, sizeof background, "(%s) & echo $!", import_command);
    FILE *import = popen(background, "re");
    CHECK(import != NULL);
    read_many(f, "http, /api/tallies of a commune, beside an import", port,
              "/api/tallies?unit=commune-00007&period=202101");
    pclose(import);
}
