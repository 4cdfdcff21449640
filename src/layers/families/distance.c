/* distance.c - the distance of two embeddings, and its derivative; see tern/distance.h. */
#include <tern/distance.h>

#include <math.h>

static double power(double base, double exponent) {
    return exponent == 1 ? base : exponent == 2 ? base * base : pow(base, exponent);
}

double tern_distance(size_t n, const tern_real *a, const tern_real *b, double p, double eps) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += power(fabs((double)a[i] - (double)b[i] + eps), p);
    return p == 2 ? sqrt(sum) : pow(sum, 1 / p);
}

double tern_distance_slope(double e, double distance, double p) {
    return distance > 0 ? copysign(power(fabs(e) / distance, p - 1), e) : 0;
}
