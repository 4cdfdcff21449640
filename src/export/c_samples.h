/* c_samples.h - the samples of a self-test, and what tern makes of them. */
#ifndef TERN_EXPORT_C_SAMPLES_H
#define TERN_EXPORT_C_SAMPLES_H

#include "c_file.h"

typedef struct tern__c_samples {
    tern__arena memory;
    size_t n;
    tern_tensor *x; /* [inputs] */
    tern_tensor *y; /* [outputs] as NAME_predict() is to give them */
} tern__c_samples;

/* The first of those in the options, or random ones; and predictions by tern. Free in any case. Errors: MEMORY. */
tern_status tern__c_samples_make(const tern_model *m, const tern_program *p, const tern_export_c_options *options,
                                 tern__c_samples *out, tern_error *err);
void tern__c_samples_free(tern__c_samples *s);

/* The main function that compares. */
void tern__c_add_test(tern__c_file *f, const tern__c_samples *s);

#endif
