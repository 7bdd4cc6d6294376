/* The hasher: checks go to the thread through a list under a lock, and come back through another with an eventfd. The
 * thread touches a check's texts and its verdict, and nothing else. */
#include "workers/gateway/hasher.h"

#include "common/check.h"
#include "common/mem.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

struct hash_wait {
    LIST_ENTRY(hash_wait) next;
    hashed_fn *fn; /* NULL: forgotten */
    void *owner;
};

LIST_HEAD(hash_waits, hash_wait);

struct check {
    STAILQ_ENTRY(check) next;  /* to be looked at, or told */
    LIST_ENTRY(check) pending; /* the loop's: all that were not told yet */
    struct hash_waits waits;
    uint8_t key[HASHER_KEY];
    uint64_t pair;
    char password[IMPORT_FIELD_MAX + 1];
    char hash[crypto_pwhash_STRBYTES];
    bool right;
};

STAILQ_HEAD(check_list, check);
LIST_HEAD(check_set, check);

struct hasher {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct check_list asked, looked; /* under the lock */
    bool stop;                       /* under the lock */
    int told;                        /* eventfd */
    struct check_set pending;        /* the loop's alone */
    unsigned count;
};

static void
check_look(struct check *c)
{
    c->right = crypto_pwhash_str_verify(c->hash, c->password, strlen(c->password)) == 0;
    sodium_memzero(c->password, sizeof c->password);
    sodium_memzero(c->hash, sizeof c->hash);
}

static void *
thread_run(void *context)
{
    struct hasher *h = context;
    pthread_mutex_lock(&h->lock);
    while (!h->stop) {
        struct check *c = STAILQ_FIRST(&h->asked);
        if (c == NULL) {
            pthread_cond_wait(&h->more, &h->lock);
            continue;
        }
        STAILQ_REMOVE_HEAD(&h->asked, next);
        pthread_mutex_unlock(&h->lock);
        check_look(c);
        pthread_mutex_lock(&h->lock);
        STAILQ_INSERT_TAIL(&h->looked, c, next);
        (void)eventfd_write(h->told, 1); /* fails only beyond 2^64 - 2 that nobody took */
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct hasher *
hasher_new(void)
{
    struct hasher *h = mem_alloc(sizeof *h);
    STAILQ_INIT(&h->asked);
    STAILQ_INIT(&h->looked);
    LIST_INIT(&h->pending);
    h->told = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(pthread_mutex_init(&h->lock, NULL) == 0 && pthread_cond_init(&h->more, NULL) == 0);
    if (h->told < 0 || pthread_create(&h->thread, NULL, thread_run, h) != 0) {
        if (h->told >= 0) {
            close(h->told);
        }
        free(h);
        return NULL;
    }
    return h;
}

static void
check_free(struct check *c)
{
    struct hash_wait *wait;
    while ((wait = LIST_FIRST(&c->waits)) != NULL) {
        LIST_REMOVE(wait, next);
        free(wait);
    }
    sodium_memzero(c, sizeof *c);
    free(c);
}

void
hasher_free(struct hasher **hasher)
{
    struct hasher *h = *hasher;
    struct check *c;
    *hasher = NULL;
    if (h == NULL) {
        return;
    }
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_signal(&h->more);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    while ((c = LIST_FIRST(&h->pending)) != NULL) {
        LIST_REMOVE(c, pending);
        check_free(c);
    }
    pthread_cond_destroy(&h->more);
    pthread_mutex_destroy(&h->lock);
    close(h->told);
    free(h);
}

int
hasher_fd(const struct hasher *h)
{
    return h->told;
}

static struct check *
check_find(const struct hasher *h, const uint8_t key[HASHER_KEY])
{
    struct check *c = LIST_FIRST(&h->pending);
    while (c != NULL && sodium_memcmp(c->key, key, HASHER_KEY) != 0) {
        c = LIST_NEXT(c, pending);
    }
    return c;
}

static bool
has_room(const struct hasher *h, uint64_t pair)
{
    unsigned same = 0;
    for (const struct check *c = LIST_FIRST(&h->pending); c != NULL; c = LIST_NEXT(c, pending)) {
        same += c->pair == pair;
    }
    return h->count < HASHES_MAX && same < HASHES_EACH;
}

static struct check *
check_new(struct hasher *h, const uint8_t key[HASHER_KEY], uint64_t pair, const char *password,
          const char *hash)
{
    struct check *c = mem_alloc(sizeof *c);
    memcpy(c->key, key, HASHER_KEY);
    c->pair = pair;
    snprintf(c->password, sizeof c->password, "%s", password);
    snprintf(c->hash, sizeof c->hash, "%s", hash);
    LIST_INIT(&c->waits);
    LIST_INSERT_HEAD(&h->pending, c, pending);
    h->count++;
    pthread_mutex_lock(&h->lock);
    STAILQ_INSERT_TAIL(&h->asked, c, next);
    pthread_cond_signal(&h->more);
    pthread_mutex_unlock(&h->lock);
    return c;
}

struct hash_wait *
hasher_ask(struct hasher *h, const uint8_t key[HASHER_KEY], uint64_t pair, const char *password,
           const char *hash, hashed_fn *fn, void *owner)
{
    struct check *c = check_find(h, key);
    if (c == NULL && !has_room(h, pair)) {
        return NULL;
    }
    if (c == NULL) {
        c = check_new(h, key, pair, password, hash);
    }
    struct hash_wait *wait = mem_alloc(sizeof *wait);
    wait->fn = fn;
    wait->owner = owner;
    LIST_INSERT_HEAD(&c->waits, wait, next);
    return wait;
}

void
hash_wait_forget(struct hash_wait *wait)
{
    if (wait != NULL) {
        wait->fn = NULL;
    }
}

static struct check *
looked_take(struct hasher *h)
{
    pthread_mutex_lock(&h->lock);
    struct check *c = STAILQ_FIRST(&h->looked);
    if (c != NULL) {
        STAILQ_REMOVE_HEAD(&h->looked, next);
    }
    pthread_mutex_unlock(&h->lock);
    return c;
}

void
hasher_step(struct hasher *h)
{
    struct check *c;
    eventfd_t unused;
    (void)eventfd_read(h->told, &unused); /* nothing there is no matter: the list says */
    while ((c = looked_take(h)) != NULL) {
        LIST_REMOVE(c, pending);
        h->count--;
        for (struct hash_wait *wait = LIST_FIRST(&c->waits); wait != NULL;
             wait = LIST_NEXT(wait, next)) {
            if (wait->fn != NULL) {
                wait->fn(wait->owner, c->right);
            }
        }
        check_free(c);
    }
}
