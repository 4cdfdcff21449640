/* course.h - what the pictures of the lesson are made with: a model on its data, looked at and trained step by step. */
#ifndef LEARN_COURSE_H
#define LEARN_COURSE_H

#include "plot.h"

#include <tern/tern.h>

enum { MOST = 512 }; /* steps of a walk, epochs of a curve */

/* Where the program reads and writes; set by main(). */
extern const char *learn_source, *learn_output;

/* Ends the program, with what went wrong, unless all is well. */
void must(bool well, const tern_error *err);

/* Writes a picture NAME.svg; and a number that pages show, with so many decimals, under its key. */
void picture(const char *name, const tern__plot *plot);
void number(double value, int decimals, const char *key, ...) TERN_PRINTF(3, 4);

/* The optimizers that the lesson compares, in the order of their colours: as pages call them, and in keys. */
enum { OPTIMIZERS = 3 };
extern const char *const optimizer_name[OPTIMIZERS], *const optimizer_key[OPTIMIZERS];

/* Changes to a model file. */
#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A model file of the lesson, changed by `set` (NULL at the end; may be NULL). */
tern_model *open_model(const char *name, const char *const *set);

/* A model with its data in memory. */
typedef struct course {
    tern_model *model;
    tern_trainer *trainer;
    size_t n, in, out;          /* rows, and numbers in each */
    tern_real *x, *y;           /* [n][in], [n][out] */
    tern_real *x_some, *y_some; /* the rows of a batch */
} course;

/* With the training data that the file names in data/lesson; and with one row: an input of 1, so that the model's
 * weights are its output, and a target of so many numbers. */
course course_open(const char *name, const char *const *set);
course course_of_one(const char *name, const char *const *set, size_t out, const tern_real *target);
void course_close(course *c);

/* Sets the weights, in the model's order, and gives the loss over all rows there; `gradient` may be NULL. */
double course_loss(course *c, const double *w, double *gradient);

/* Where training goes: two weights, and the loss over all rows there, at the start and after each step. */
typedef struct walk {
    size_t n;
    double w[2][MOST], loss[MOST], step[MOST];
} walk;

/* Trains with batches of so many rows, shuffled anew in each epoch, from the weights `from` on. */
void course_walk(course *c, const double from[2], size_t batch, size_t steps, walk *out);

/* The loss of all rows over two weights, as far as the axes reach: `across` is the weight that x shows. */
enum { GRID = 61 };
void course_field(course *c, size_t across, const tern__axis *x, const tern__axis *y, double value[GRID * GRID]);

/* What training comes to, epoch by epoch. `epoch` counts from 1. */
typedef struct curve {
    size_t n;
    double epoch[MOST], loss[MOST], valid_loss[MOST], accuracy[MOST], gradient[MOST]; /* the mean norm over its steps */
} curve;

/* Trains a model on its training data in `data`; of its test data, where `tests`, are the loss and accuracy. */
void train_curve(const char *name, const char *const *set, const char *data, size_t epochs, bool tests, curve *out);

/* The chapters. */
void losses_chapter(void);
void descent_chapter(void);
void optimizers_chapter(void);
void mnist_chapter(const char *figures);                 /* pictures and numbers from the figures */
void mnist_train(const char *data, const char *figures); /* makes the figures */

#endif
