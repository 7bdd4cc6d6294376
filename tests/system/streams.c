/* Opens many streams of events at once, all from this one process:
 *     streams HOST:PORT COUNT FILE
 * with the headers that FILE has, one a line, each for EACH streams. Prints "open N" once each has its first head event, then "again N" once each has one more, and holds them all until
 * its standard input ends. Exits 1 where a stream ends or says nothing for too long. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 4096
#define PATIENCE_MS 60000
#define EVENT "event: head"
#define EACH 8 /* as many as one session may have */

struct stream {
    int fd;
    unsigned told;
    char tail[sizeof EVENT]; /* of what was read: an event's line may come in two pieces */
    size_t tail_len;
};

static int
fail(const char *what, unsigned n)
{
    fprintf(stderr, "streams: %s, stream %u\n", what, n);
    return 1;
}

static int
connected(const struct sockaddr_in *address, const char *host, const char *header)
{
    char request[ROOM];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int len = snprintf(request, sizeof request,
                       "GET /api/events HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", host, header);
    bool sent = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 &&
                len < ROOM && write(fd, request, (size_t)len) == len;
    return sent ? fd : -1;
}

/* How many events' names end in what has come. */
static unsigned
events_count(struct stream *s, const char *bytes, size_t len)
{
    char all[sizeof s->tail + ROOM];
    unsigned count = 0;
    memcpy(all, s->tail, s->tail_len);
    memcpy(all + s->tail_len, bytes, len);
    len += s->tail_len;
    for (char *at = memmem(all, len, EVENT, strlen(EVENT)); at != NULL;
         at = memmem(at + 1, (size_t)(all + len - at - 1), EVENT, strlen(EVENT))) {
        count++;
    }
    s->tail_len = len < strlen(EVENT) - 1 ? len : strlen(EVENT) - 1;
    memcpy(s->tail, all + len - s->tail_len, s->tail_len);
    return count;
}

/* Reads until every stream was told `wanted` events. */
static int
all_told(int epoll, struct stream *streams, unsigned count, unsigned wanted)
{
    unsigned done = 0;
    for (unsigned i = 0; i < count; i++) {
        done += streams[i].told >= wanted;
    }
    while (done < count) {
        struct epoll_event event;
        char bytes[ROOM];
        if (epoll_wait(epoll, &event, 1, PATIENCE_MS) <= 0) {
            return fail("says nothing", done);
        }
        struct stream *s = &streams[event.data.u32];
        ssize_t len = read(s->fd, bytes, sizeof bytes);
        if (len <= 0) {
            return fail("has ended", event.data.u32);
        }
        bool before = s->told >= wanted;
        s->told += events_count(s, bytes, (size_t)len);
        done += !before && s->told >= wanted;
    }
    return 0;
}

int
main(int argc, char **argv)
{
    struct rlimit limit;
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    char header[ROOM / 2] = "";
    FILE *headers = argc == 4 ? fopen(argv[3], "r") : NULL;
    if (headers == NULL || sscanf(argv[1], "%63[0-9.]:%hu", host, &address.sin_port) != 2 ||
        inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        return 64;
    }
    address.sin_port = htons(address.sin_port);
    unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
    struct stream *streams = calloc(count + 1, sizeof *streams);
    int epoll = epoll_create1(0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (unsigned i = 0; streams != NULL && i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (i % EACH == 0 && fgets(header, sizeof header, headers) == NULL) {
            return fail("has no header", i);
        }
        header[strcspn(header, "\r\n")] = '\0';
        streams[i].fd = connected(&address, argv[1], header);
        if (streams[i].fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, streams[i].fd, &event) != 0) {
            return fail("cannot be opened", i);
        }
    }
    for (unsigned round = 1; round <= 2; round++) {
        if (all_told(epoll, streams, count, round) != 0) {
            return 1;
        }
        printf("%s %u\n", round == 1 ? "open" : "again", count);
        fflush(stdout);
    }
    while (getchar() != EOF) {
    }
    fclose(headers);
    free(streams);
    return 0;
}
