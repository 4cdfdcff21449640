/* names.c - comparing the names that people type, and finding the one they meant; see names.h. */
#include "names.h"

#include "text.h"

#include <ctype.h>
#include <string.h>

bool tern__name_same(const char *a, const char *b) {
    for (;;) {
        while (*a == '_') a++;
        while (*b == '_') b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b)) return false;
        if (!*a) return true;
        a++, b++;
    }
}

/* Edits (insert, delete, replace, swap of neighbours) between two names, case ignored; names beyond 63 bytes are
 * compared cut. */
static size_t distance(const char *a, const char *b) {
    enum { N = 64 };
    size_t d[N][N], n = strlen(a), m = strlen(b);
    if (n >= N) n = N - 1;
    if (m >= N) m = N - 1;
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = d[i - 1][j - 1] + !same;
            if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

const char *tern__name_nearest(const char *name, size_t n, const char *const *candidates) {
    const char *nearest = NULL;
    size_t best = strlen(name) / 2 + 1;
    for (size_t i = 0; i < n; i++) {
        size_t edits = distance(name, candidates[i]);
        /* A candidate that the name begins with, or that begins with it, is near however much is missing. */
        size_t shorter = strlen(name) < strlen(candidates[i]) ? strlen(name) : strlen(candidates[i]);
        if (shorter >= 3 && !strncmp(name, candidates[i], shorter) && edits > 2) edits = 2;
        if (edits < best) best = edits, nearest = candidates[i];
    }
    return nearest;
}

void tern__text_add_nearest(char *out, size_t size, const char *name, size_t n, const char *const *candidates) {
    const char *nearest = tern__name_nearest(name, n, candidates);
    if (nearest) tern__text_add(out, size, "; did you mean \"%s\"?", nearest);
    else tern__text_add(out, size, ";");
}

void tern__text_add_accepted(char *out, size_t size, const char *name, size_t n, const char *const *candidates) {
    tern__text_add_nearest(out, size, name, n, candidates);
    tern__text_add(out, size, " accepted: %s", n ? "" : "nothing");
    for (size_t i = 0; i < n; i++) tern__text_add(out, size, "%s%s", i ? ", " : "", candidates[i]);
}
