/* type.h - what every kind of thing that JSON can name begins with: a name, a sentence, a table of options.
 *
 * A type file is: first comment (name, formula, paper), struct of options, plan, functions, option table, examples, the
 * type. Parsing, defaults, range checks, JSON Schema, help, render and summary all read the option rows; nothing is
 * described twice. */
#ifndef TERN_TYPE_H
#define TERN_TYPE_H

#include <tern/tensor.h>

TERN_BEGIN

typedef enum tern_kind {
    TERN_LAYER,
    TERN_LOSS,
    TERN_OPTIMIZER,
    TERN_SCHEDULE,
    TERN_INITIALIZER,
    TERN_METRIC,
    TERN_READER,
    TERN_KINDS /* how many there are */
} tern_kind;

typedef struct tern_type tern_type;

/* ---- the fields that options fill ---- */

/* A thing that JSON named: its type and its options. `type` NULL: absent. `self` (the type's own struct) and `common`
 * (what all types of the kind share, see tern_kind_options()) belong to whoever parsed them. */
typedef struct tern_object {
    const tern_type *type;
    void *self, *common;
} tern_object;

typedef struct tern_objects { /* a list of them; zero-filled: absent */
    size_t n;
    tern_object *item;
} tern_objects;

typedef struct tern_ints { /* up to TERN_MAX_RANK integers, or one of the row's words */
    size_t n;
    int64_t v[TERN_MAX_RANK];
    int choice; /* 0: numbers; k: the row's choices[k - 1] */
} tern_ints;

typedef struct tern_reals { /* a list of numbers; n 0: absent */
    size_t n;
    const double *v;
} tern_reals;

typedef struct tern_strings { /* a list of strings; n 0: absent */
    size_t n;
    const char *const *v;
} tern_strings;

typedef struct tern_blocks { /* a list of structs that the row's `options` describe, or one of its words */
    size_t n;
    void *item; /* [n] structs of the row's `size`; zero-filled: absent */
    int choice; /* 0: a list; k: the row's choices[k - 1] */
} tern_blocks;

typedef struct tern_named_reals { /* a number for each of some names, or one of the row's words; zero-filled: absent */
    size_t n;
    const char *const *name; /* [n] */
    const double *v;         /* [n] */
    int choice;              /* 0: a list; k: the row's choices[k - 1] */
} tern_named_reals;

typedef struct tern_named { /* what an object holds under names of the author's own; n 0: absent */
    size_t n;
    const char *const *name; /* [n] */
    void *item;              /* [n] structs of the row's `size`: what its `options` describe, else tern_objects */
} tern_named;

/* ---- options ---- */

/* clang-format off */
typedef enum tern_option_kind { /* C type of the field          JSON */
    TERN_OPTION_SIZE,           /* size_t                       an integer from min to max */
    TERN_OPTION_INT,            /* int64_t                      an integer from min to max */
    TERN_OPTION_REAL,           /* double                       a number from min to max */
    TERN_OPTION_BOOL,           /* bool                         true or false */
    TERN_OPTION_STRING,         /* const char *, NULL: absent   a string */
    TERN_OPTION_CHOICE,         /* int, index in choices        one of the choices */
    TERN_OPTION_SHAPE,          /* tern_shape, rank 0: absent   sizes from min to max, or one */
    TERN_OPTION_INTS,           /* tern_ints, n 0: absent       integers from min to max, or one, or a choice */
    TERN_OPTION_REALS,          /* tern_reals                   numbers from min to max, or one */
    TERN_OPTION_NAMED_REALS,    /* tern_named_reals             {"name": number, ...} from min to max, or a choice */
    TERN_OPTION_STRINGS,        /* tern_strings                 strings or integers, or one */
    TERN_OPTION_TYPE,           /* tern_object                  {"type": ...} of kind `of`, or just the name */
    TERN_OPTION_TYPES,          /* tern_objects                 a list of those */
    TERN_OPTION_BLOCK,          /* a struct, `bool given` first {...} with the rows of `options` */
    TERN_OPTION_BLOCKS,         /* tern_blocks                  a list of those, or a choice */
    TERN_OPTION_NAMED           /* tern_named                   an object: blocks by name, or types by name */
} tern_option_kind;
/* clang-format on */

/* One JSON key, described here and nowhere else. A row is made by a TERN_... macro below. A default that lies outside
 * the range (NAN for a REAL) means: may be left out and has no default; `doc` says what happens then. */
typedef struct tern_option tern_option;
struct tern_option {
    const char *name;  /* the key, snake_case; NULL ends a table */
    const char *doc;   /* one sentence, shown by `tern types` and in the schema */
    const char *alias; /* another key that means exactly the same, or NULL */
    tern_option_kind kind;
    bool required;
    const char *unless;         /* required unless this other option of the table is given; or NULL */
    bool above_min, below_max;  /* the bound itself is excluded */
    bool free;                  /* SHAPE: the first size may be null, which is read as 0: any */
    bool path;                  /* STRING, STRINGS: it names files or a folder of data */
    size_t offset;              /* of the field in the type's struct */
    double min, max;            /* SIZE INT REAL; each element of SHAPE INTS REALS NAMED_REALS */
    double def;                 /* SIZE INT REAL BOOL CHOICE: the default */
    const char *def_json;       /* the other kinds: the default as JSON text; NULL: absent */
    size_t least, most;         /* SHAPE INTS REALS STRINGS TYPES BLOCKS NAMED: how many elements; most 0: any number */
    const char *const *choices; /* CHOICE, INTS, NAMED_REALS, STRINGS, BLOCKS: the words, NULL at the end */
    tern_kind of;               /* TYPE, TYPES, NAMED without options */
    const char *usual;          /* TYPE: the type of an object that names none; NULL: it has to */
    const tern_option *options; /* BLOCK, BLOCKS, NAMED */
    size_t size;                /* BLOCKS, NAMED: of the struct that one element fills */
};

/* Where field `f` of struct `T` lies; does not compile unless the field is of type `C`. */
#define TERN_FIELD(T, f, C) (offsetof(T, f) + 0 * sizeof(_Generic(((T *)0)->f, C : 0)))

/* Rows: struct, field (also the key), default, range, sentence. More may follow the sentence: `.alias = "units"`. */
/* One macro a row, read as a table. */
/* clang-format off */
#define TERN_ROW(T, f, C, K, ...) \
    { .name = #f, .kind = K, .offset = TERN_FIELD(T, f, C), __VA_ARGS__ }
#define TERN_SIZE(T, f, d, lo, hi, ...) \
    TERN_ROW(T, f, size_t, TERN_OPTION_SIZE, .def = (d), .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_SIZE_REQUIRED(T, f, lo, hi, ...) \
    TERN_ROW(T, f, size_t, TERN_OPTION_SIZE, .required = true, .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_INT(T, f, d, lo, hi, ...) \
    TERN_ROW(T, f, int64_t, TERN_OPTION_INT, .def = (d), .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_REAL(T, f, d, lo, hi, ...) \
    TERN_ROW(T, f, double, TERN_OPTION_REAL, .def = (d), .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_REAL_REQUIRED(T, f, lo, hi, ...) \
    TERN_ROW(T, f, double, TERN_OPTION_REAL, .required = true, .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_BOOL(T, f, d, ...)   TERN_ROW(T, f, bool, TERN_OPTION_BOOL, .def = (d), .max = 1, .doc = __VA_ARGS__)
#define TERN_STRING(T, f, d, ...) TERN_ROW(T, f, const char *, TERN_OPTION_STRING, .def_json = (d), .doc = __VA_ARGS__)
#define TERN_STRING_REQUIRED(T, f, ...) \
    TERN_ROW(T, f, const char *, TERN_OPTION_STRING, .required = true, .doc = __VA_ARGS__)
#define TERN_CHOICE(T, f, d, words, ...) \
    TERN_ROW(T, f, int, TERN_OPTION_CHOICE, .def = (d), .max = 1e9, .choices = (words), .doc = __VA_ARGS__)
#define TERN_SHAPE_REQUIRED(T, f, ...)                                                                       \
    TERN_ROW(T, f, tern_shape, TERN_OPTION_SHAPE, .required = true, .min = 1, .max = 2147483647, .least = 1, \
             .most = TERN_MAX_RANK - 1, .doc = __VA_ARGS__)
#define TERN_INTS(T, f, d, lo, hi, few, many, ...)                                                         \
    TERN_ROW(T, f, tern_ints, TERN_OPTION_INTS, .def_json = (d), .min = (lo), .max = (hi), .least = (few), \
             .most = (many), .doc = __VA_ARGS__)
#define TERN_INTS_REQUIRED(T, f, lo, hi, few, many, ...)                                                    \
    TERN_ROW(T, f, tern_ints, TERN_OPTION_INTS, .required = true, .min = (lo), .max = (hi), .least = (few), \
             .most = (many), .doc = __VA_ARGS__)
#define TERN_REALS(T, f, d, lo, hi, few, many, ...)                                                          \
    TERN_ROW(T, f, tern_reals, TERN_OPTION_REALS, .def_json = (d), .min = (lo), .max = (hi), .least = (few), \
             .most = (many), .doc = __VA_ARGS__)
#define TERN_NAMED_REALS(T, f, lo, hi, ...) \
    TERN_ROW(T, f, tern_named_reals, TERN_OPTION_NAMED_REALS, .min = (lo), .max = (hi), .doc = __VA_ARGS__)
#define TERN_STRINGS(T, f, few, many, ...) \
    TERN_ROW(T, f, tern_strings, TERN_OPTION_STRINGS, .least = (few), .most = (many), .doc = __VA_ARGS__)
#define TERN_OBJECT(T, f, k, ...)  TERN_ROW(T, f, tern_object, TERN_OPTION_TYPE, .of = (k), .doc = __VA_ARGS__)
#define TERN_OBJECTS(T, f, k, ...) TERN_ROW(T, f, tern_objects, TERN_OPTION_TYPES, .of = (k), .doc = __VA_ARGS__)
#define TERN_BLOCK(T, f, table, ...) \
    { .name = #f, .kind = TERN_OPTION_BLOCK, .offset = offsetof(T, f), .options = (table), .doc = __VA_ARGS__ }
#define TERN_BLOCKS(T, f, S, table, ...) \
    TERN_ROW(T, f, tern_blocks, TERN_OPTION_BLOCKS, .size = sizeof(S), .options = (table), .doc = __VA_ARGS__)
#define TERN_NAMED_BLOCKS(T, f, S, table, ...) \
    TERN_ROW(T, f, tern_named, TERN_OPTION_NAMED, .size = sizeof(S), .options = (table), .doc = __VA_ARGS__)
#define TERN_NAMED_OBJECTS(T, f, k, ...) \
    TERN_ROW(T, f, tern_named, TERN_OPTION_NAMED, .size = sizeof(tern_object), .of = (k), .doc = __VA_ARGS__)
/* clang-format on */

/* ---- types ---- */

enum { TERN_EXAMPLE_INPUTS = 4 };

/* A use of the type, run by the conformance tests and by `tern gradcheck`, shown by `tern types`. */
typedef struct tern_example {
    const char *options;                /* the keys beside "type", as a JSON object; NULL ends a list */
    tern_shape in[TERN_EXAMPLE_INPUTS]; /* layers: one sample of each input; losses, metrics: of the prediction;
                                           initializers: the weight */
} tern_example;

/* What can be said of a type whatever its kind. First member of tern_layer_type, tern_loss_type and so on. */
struct tern_type {
    tern_kind kind;
    const char *name;             /* lower snake case, the field's plain word; matching ignores case and underscores */
    const char *const *aliases;   /* PyTorch's and Keras' names, NULL at the end; or NULL */
    const char *doc;              /* one sentence, with the formula */
    size_t size;                  /* of the struct that the options, and a plan, fill; 0 where there is none */
    const tern_option *options;   /* ends with a row of zeros; NULL where there are none */
    const tern_example *examples; /* at least one; ends with a row of zeros */
};

/* ---- types from outside the tree ---- */

enum { TERN_PLUGIN_SIZES = 5 };

/* What a plugin exports as `tern_plugin_entry`. The sizes are compared with the library's own, so that a plugin built
 * for other headers, or for the other number type, is refused instead of misread. */
typedef struct tern_plugin {
    uint32_t abi, real;                           /* TERN_ABI, sizeof(tern_real) */
    uint32_t option;                              /* sizeof(tern_option) */
    uint32_t size[TERN_KINDS][TERN_PLUGIN_SIZES]; /* of each kind's structs; 0: its header is not included */
    size_t n;
    const tern_type *const *types;
} tern_plugin;

/* The sizes of a kind's structs: nothing until its header says them. */
#define TERN_SIZES_LAYER \
    { 0 }
#define TERN_SIZES_LOSS \
    { 0 }
#define TERN_SIZES_OPTIMIZER \
    { 0 }
#define TERN_SIZES_SCHEDULE \
    { 0 }
#define TERN_SIZES_INITIALIZER \
    { 0 }
#define TERN_SIZES_METRIC \
    { 0 }
#define TERN_SIZES_READER \
    { 0 }

/* The fields of a tern_plugin that must be the library's own. */
#define TERN_PLUGIN_FIELDS                                                     \
    .abi = TERN_ABI, .real = sizeof(tern_real), .option = sizeof(tern_option), \
    .size = {[TERN_LAYER] = TERN_SIZES_LAYER,                                  \
             [TERN_LOSS] = TERN_SIZES_LOSS,                                    \
             [TERN_OPTIMIZER] = TERN_SIZES_OPTIMIZER,                          \
             [TERN_SCHEDULE] = TERN_SIZES_SCHEDULE,                            \
             [TERN_INITIALIZER] = TERN_SIZES_INITIALIZER,                      \
             [TERN_METRIC] = TERN_SIZES_METRIC,                                \
             [TERN_READER] = TERN_SIZES_READER}

/* The last line of a file outside the tree: makes it a plugin. Exports the types whose `base` addresses are given.
 * (Weak: a program may be made of several such files.) */
#define TERN_PLUGIN(...)                                                                   \
    static const tern_type *const tern_plugin_types[] = {__VA_ARGS__};                     \
    TERN_API TERN_WEAK extern const tern_plugin tern_plugin_entry;                         \
    const tern_plugin tern_plugin_entry = {TERN_PLUGIN_FIELDS, .types = tern_plugin_types, \
                                           .n = sizeof tern_plugin_types / sizeof *tern_plugin_types}

TERN_END

#endif
