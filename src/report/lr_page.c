/* lr_page.c - the picture of a learning rate range test; see tern/lr_range.h. */
#include "memory.h"
#include "plot.h"

#include <tern/lr_range.h>

#include <math.h>
#include <stdio.h>

static void write_picture(tern__page *p, const tern_lr_range *r, const char *name) {
    const tern__series series[] = {
        {.name = "of each step", .color = TERN__GREY, .n = r->n, .x = r->lr, .y = r->loss},
        {.name = "running mean", .color = 0, .n = r->n, .x = r->lr, .y = r->smooth},
    };
    tern__axis loss = {.label = "loss"};
    tern__range range = {INFINITY, -INFINITY, true};
    /* The end, where the loss leaves all bounds, would press the rest flat. */
    tern__range_add(&range, r->n, r->smooth);
    for (size_t i = 0; i < r->n; i++) range.low = fmin(range.low, r->loss[i]);
    tern__axis_fit(&loss, &range);
    tern__plot plot = {.title = "Loss by learning rate",
                       .note =
                           "Where it falls fastest is a good learning rate; where it is least is too late, as there it "
                           "turns.",
                       .x = {.label = "learning rate", .log_helps = true, .tight = true},
                       .y = loss,
                       .n = 2,
                       .series = series,
                       .marks = 1,
                       .mark_at = &r->suggested,
                       .mark_name = name};
    tern__plot_write(p, &plot);
}

tern_status tern_lr_range_write(const tern_lr_range *r, const char *title, const char *path, tern_error *err) {
    tern__page p = {0};
    char name[64], suggestion[120] = "The loss never fell: there is nothing to suggest.";
    tern__plain before = tern__plain_enter();
    snprintf(name, sizeof name, "suggested: %g", r->suggested);
    if (!isnan(r->suggested)) snprintf(suggestion, sizeof suggestion, "Suggested: --set optimizer.lr=%g", r->suggested);
    tern__page_begin(&p, title, suggestion);
    tern__page_add(&p, "</header>\n<section><h2>Learning rate range test</h2>\n");
    write_picture(&p, r, name);
    tern__page_add(&p, "</section>\n");
    tern_status status = tern__page_save(&p, path, err);
    tern__plain_leave(before);
    tern__free(p.html.text);
    return status;
}
