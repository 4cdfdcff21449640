/* file_kind.c - see file_kind.h. */
#include "file_kind.h"

#include "utf8.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *start, *what;
} kinds[] = {
    {"\x89PNG\r\n", "a picture (PNG)"},
    {"\xff\xd8\xff", "a picture (JPEG)"},
    {"\x93NUMPY", "an array of NumPy (.npy)"},
    {"PK\3\4", "a ZIP archive, as NumPy's .npz and PyTorch's .pt are"},
    {"\x80\2", "a pickle of Python, as older PyTorch files are"},
    {"\x80\4", "a pickle of Python"},
    {"\x80\5", "a pickle of Python"},
    {"\x89HDF\r\n", "an HDF5 file, as Keras writes them"},
    {"SQLite format 3", "an SQLite database"},
    {"\x1f\x8b", "compressed by gzip"},
    {"\x7f"
     "ELF",
     "a program"},
    {"%PDF-", "a PDF document"},
};

/* No control characters but those of lines and tabs, in UTF-8 up to a character that may be cut. */
static bool is_text(const unsigned char *file, size_t size) {
    enum { SHOWN = 512, CUT = 3 };
    size_t n = size < SHOWN ? size : SHOWN;
    for (size_t i = 0; i < n; i++)
        if (file[i] < ' ' && !strchr("\t\n\r", file[i])) return false;
    size_t whole = n < size && n > CUT ? n - CUT : n;
    while (whole > 0 && whole < n && (file[whole] & 0xc0) == 0x80) whole--;
    return n && tern__utf8_valid((const char *)file, whole);
}

const char *tern__file_kind(const unsigned char *file, size_t size) {
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t n = strlen(kinds[k].start);
        if (size >= n && !memcmp(file, kinds[k].start, n)) return kinds[k].what;
    }
    if (!size) return "empty";
    if (size > 2 && *file == 'P' && memchr("2356", file[1], 4) && memchr(" \t\r\n", file[2], 4))
        return "a picture (PGM or PPM)";
    if (!is_text(file, size)) return NULL;
    size_t at = 0;
    while (at < size && strchr(" \t\r\n", file[at])) at++;
    return at < size && (file[at] == '{' || file[at] == '[') ? "JSON, as a model file is" : "text, as a table (CSV) is";
}
