/* tern.h - everything: the headers in reading order. */
#ifndef TERN_H
#define TERN_H

#include <tern/base.h>
#include <tern/error.h>
#include <tern/tensor.h>
#include <tern/math.h>
#include <tern/conv.h>
#include <tern/pool.h>
#include <tern/layers/norm.h>
#include <tern/lower.h>
#include <tern/random.h>

#include <tern/type.h>
#include <tern/layer.h>
#include <tern/layers/conv.h>
#include <tern/layers/pool.h>
#include <tern/layers/recurrent.h>
#include <tern/loss.h>
#include <tern/optimizer.h>
#include <tern/schedule.h>
#include <tern/initializer.h>
#include <tern/metric.h>
#include <tern/reader.h>

#include <tern/registry.h>
#include <tern/schema.h>
#include <tern/plugin.h>
#include <tern/model.h>
#include <tern/summary.h>
#include <tern/predictor.h>
#include <tern/generate.h>
#include <tern/meaning.h>
#include <tern/comm.h>
#include <tern/trainer.h>
#include <tern/dataset.h>
#include <tern/fit.h>
#include <tern/lr_range.h>
#include <tern/overfit.h>
#include <tern/report.h>
#include <tern/trials.h>
#include <tern/inspect.h>
#include <tern/draft.h>
#include <tern/profile.h>
#include <tern/gradcheck.h>
#include <tern/advice.h>
#include <tern/export.h>
#include <tern/import.h>
#include <tern/save.h>
#include <tern/version.h>

#endif
