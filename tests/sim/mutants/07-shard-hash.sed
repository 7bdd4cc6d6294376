# file: workers/tally/apply.c
# One shard's worker divides by another number than the others.
s|return shard_of_unit(record->unit, a->shards) == a->shard;|return shard_of_unit(record->unit, a->shards + (a->shard == 1)) == a->shard;|
