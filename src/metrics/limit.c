/* limit - where a prediction begins to mean yes; see tern/metric.h. */
#include <tern/metric.h>
#include <math.h>

tern_status tern_metric_limit(const tern_metric_spec *spec, double threshold, double *limit, tern_error *err) {
    const tern_loss_spec *loss = &spec->loss;
    bool logits = spec->link == TERN_LINK_SIGMOID;
    *limit = threshold == 0.5 ? loss->threshold : logits ? log(threshold / (1 - threshold)) : threshold;
    if (threshold == 0.5 || (!isnan(loss->threshold) && (logits || spec->link == TERN_LINK_IDENTITY))) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "threshold",
                          "goes with a binary loss that predicts probabilities, such as bce_with_logits");
}
