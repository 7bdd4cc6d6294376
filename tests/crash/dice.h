/* A seeded die (splitmix64): the same seed throws the same, on any machine. */
#ifndef TESTS_CRASH_DICE_H
#define TESTS_CRASH_DICE_H

#include <stdint.h>

static inline uint64_t
dice(uint64_t *seed, uint64_t sides)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) % sides;
}

#endif
