/* distance.h - how far apart two embeddings are, as PyTorch's pairwise_distance measures it. */
#ifndef TERN_DISTANCE_H
#define TERN_DISTANCE_H

#include <tern/base.h>

TERN_BEGIN

/* (sum |e|^p)^(1/p) of e = a - b + eps over n numbers, p >= 1. Any thread. */
TERN_API double tern_distance(size_t n, const tern_real *a, const tern_real *b, double p, double eps);

/* The derivative of a distance by one of its e, sign(e) (|e| / distance)^(p-1); 0 where the distance is. Any thread. */
TERN_API double tern_distance_slope(double e, double distance, double p);

TERN_END

#endif
