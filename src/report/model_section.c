/* model_section.c - layers, memory, weights and settings; see sections.h. */
#include "sections.h"

#include "settings.h"

#include <tern/summary.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_WEIGHTS = 24 };

/* ---- layers ---- */

static void layer_row(tern__page *p, size_t number, const tern_layer_summary *l) {
    char shape[TERN_SHAPE_TEXT], place[24];
    snprintf(place, sizeof place, "%zu", number);
    tern__page_row(p);
    tern__page_cell(p, *l->name ? l->name : place);
    tern__page_cell(p, l->type);
    tern__page_add(p, "<td>");
    for (size_t i = 0; i < l->inputs; i++) {
        if (i) tern__page_add(p, ", ");
        tern__page_text(p, l->input[i]);
    }
    tern__page_add(p, "</td>");
    tern__page_cell(p, tern_shape_text(&l->out, shape));
    tern__page_cell_count(p, l->params);
}

static void pair(tern__page *p, const char *name, const char *value) {
    tern__page_row(p);
    tern__page_cell(p, name);
    tern__page_add(p, "<td class=\"n\">");
    tern__page_text(p, value);
    tern__page_add(p, "</td>");
}

static void write_memory(tern__page *p, const tern_summary *s) {
    char text[TERN__SHORT_NUMBER], title[64];
    snprintf(title, sizeof title, ">in batches of %zu", s->batch);
    tern__page_card(p, "Memory", NULL);
    tern__page_table(p, 2, (const char *const[]){"", title});
    pair(p, "trained parameters", tern__count_number(s->params, text));
    if (s->states) pair(p, "kept, not trained", tern__count_number(s->states, text));
    pair(p, "weights", tern__bytes_number(s->weight_bytes, text));
    if (s->train_bytes) pair(p, "to train", tern__bytes_number(s->train_bytes, text));
    if (s->train_bytes) pair(p, "of it activations and their gradients", tern__bytes_number(s->pass_bytes, text));
    pair(p, "to predict", tern__bytes_number(s->predict_bytes, text));
    tern__page_table_end(p);
    tern__page_card_end(p);
}

static tern_status write_layers(tern__report *r, const tern__subject *s) {
    tern__page *p = &r->page;
    tern_summary *sum = tern_summary_new(s->model, r->options->threads, r->err);
    if (!sum) return TERN_ERROR_MEMORY;
    tern_shape in = tern_model_input(s->model);
    char shape[TERN_SHAPE_TEXT];
    tern__page_card(p, "Layers", tern__report_text(r, "The input is %s.", tern_shape_text(&in, shape)));
    tern__page_table(p, 5, (const char *const[]){"layer", "type", "inputs", "output", ">parameters"});
    for (size_t i = 0; i < sum->layers; i++) layer_row(p, i, &sum->layer[i]);
    tern__page_table_end(p);
    tern__page_card_end(p);
    write_memory(p, sum);
    tern_summary_free(sum);
    return TERN_OK;
}

/* ---- weights ---- */

static const tern__weight_bins *find_weight(const tern__subject *s, const char *name) {
    for (size_t i = 0; i < s->weights; i++)
        if (!strcmp(s->weight[i].name, name)) return &s->weight[i];
    return NULL;
}

static tern__series histogram(const char *name, size_t color, const tern__weight_bins *b, const double *share) {
    return (tern__series){.name = name, .mark = TERN__BINS, .color = color, .n = b->bins, .x = b->edge, .y = share};
}

/* One run: before and after training. Several: after it. */
static void write_weight(tern__report *r, const tern__weight_bins *w) {
    tern__series s[TERN_MAX_REPORTED + 1];
    size_t n = 0;
    char shape[TERN_SHAPE_TEXT];
    tern_shape_text(&w->shape, shape);
    if (r->n == 1 && w->start) s[n++] = histogram("before training", TERN__GREY, w, w->before);
    for (size_t i = 0; i < r->n; i++) {
        const tern__weight_bins *b = r->n == 1 ? w : find_weight(&r->run[i], w->name);
        if (b) s[n++] = histogram(r->n == 1 ? "after training" : r->run[i].name, i, b, b->after);
    }
    char mean[TERN__SHORT_NUMBER], std[TERN__SHORT_NUMBER], least[TERN__SHORT_NUMBER], most[TERN__SHORT_NUMBER];
    const char *note = tern__report_text(r, "%s, mean %s, standard deviation %s, from %s to %s", shape,
                                         tern__short_number(w->mean, 3, mean), tern__short_number(w->std, 3, std),
                                         tern__short_number(w->least, 3, least), tern__short_number(w->most, 3, most));
    tern__plot plot = {.title = w->name,
                       .note = r->n == 1 ? note : NULL,
                       .x = {.label = "value", .tight = true},
                       .y = {.label = "percent of the numbers", .zero = true},
                       .n = n,
                       .series = s};
    tern__plot_write(&r->page, &plot);
}

static void write_weights(tern__report *r) {
    const tern__subject *s = &r->run[0];
    if (!s->weights) return;
    size_t n = s->weights < MOST_WEIGHTS ? s->weights : MOST_WEIGHTS;
    const char *note = r->n == 1
                           ? "How the numbers of each weight lie; in grey as the seed of the model file has them, "
                             "with which training began unless it was started from other weights."
                           : "How the numbers of each weight lie after training.";
    if (n < s->weights) note = tern__report_text(r, "%s The first %zu of %zu are shown.", note, n, s->weights);
    tern__page_section(&r->page, "Weights", note);
    tern__page_grid(&r->page);
    for (size_t i = 0; i < n; i++) write_weight(r, &s->weight[i]);
    tern__page_grid_end(&r->page);
    tern__page_section_end(&r->page);
}

/* ---- settings ---- */

static void setting_row(void *user, const char *path, const char *value) {
    tern__page *p = user;
    tern__page_row(p);
    tern__page_cell(p, path);
    tern__page_cell(p, value);
}

static void write_values(tern__report *r, const char *title, const char *note, const char *json) {
    tern__page_card(&r->page, title, note);
    tern__page_table(&r->page, 2, (const char *const[]){"option", "value"});
    tern__settings(json, setting_row, &r->page);
    tern__page_table_end(&r->page);
    tern__page_card_end(&r->page);
}

/* Those of the first run; the others differ by what a table above says. */
static void write_settings(tern__report *r) {
    const tern__subject *s = &r->run[0];
    tern__page_section(&r->page, "Settings",
                       r->n > 1 ? tern__report_text(r, "Those of %s; the others differ by the table above.", s->name)
                                : NULL);
    write_values(r, "Model file",
                 "With all its defaults, but for layers and what was fitted to the data. Each can be changed by --set.",
                 s->text);
    if (s->record)
        write_values(r, "How the run came about", "When, by which command, on which machine and data.", s->record);
    tern__page_section_end(&r->page);
}

static bool same_weights(const tern__subject *a, const tern__subject *b) {
    if (a->weights != b->weights) return false;
    for (size_t i = 0; i < a->weights; i++)
        if (strcmp(a->weight[i].name, b->weight[i].name) || !tern_shape_equal(&a->weight[i].shape, &b->weight[i].shape))
            return false;
    return true;
}

tern_status tern__write_model(tern__report *r) {
    tern_status status = TERN_OK;
    tern__page_section(&r->page, r->n == 1 ? "The model" : "The models", NULL);
    bool same = true;
    for (size_t i = 1; i < r->n; i++) same = same && same_weights(&r->run[0], &r->run[i]);
    for (size_t i = 0; !status && i < (same ? 1 : r->n); i++) {
        if (!same)
            tern__page_add(&r->page, "<h3>"), tern__page_text(&r->page, r->run[i].name),
                tern__page_add(&r->page, "</h3>");
        status = write_layers(r, &r->run[i]);
    }
    tern__page_section_end(&r->page);
    if (status) return status;
    write_weights(r);
    write_settings(r);
    return TERN_OK;
}
