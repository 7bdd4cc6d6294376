/* The simulator's numbers: splitmix64 (Steele, Lea, Flood, 2014: one add, two multiplications), so that
 * a seed means the same on every machine. Each part of a run has its own stream: what the network
 * draws does not move what the submitters send. */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t at;
};

static inline uint64_t
rng_next(struct rng *r)
{
    uint64_t z = (r->at += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline struct rng
rng_stream(uint64_t seed, uint64_t stream)
{
    struct rng r = {seed ^ (stream * 0xd1342543de82ef95u)};
    rng_next(&r);
    return r;
}

/* least ... most, both inclusive */
static inline int64_t
rng_between(struct rng *r, int64_t least, int64_t most)
{
    return least + (int64_t)(rng_next(r) % (uint64_t)(most - least + 1));
}

/* True `n` times in `of`. */
static inline bool
rng_chance(struct rng *r, uint32_t n, uint32_t of)
{
    return rng_next(r) % of < n;
}

#endif
