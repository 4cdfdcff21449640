/* c_text.c - names, numbers, strings and formulas in the notation of C; see c_file.h. */
#include "c_file.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tern__c_add(tern__c_file *f, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tern__buffer_print(&f->text, format, arguments);
    va_end(arguments);
}

static bool is_keyword(const char *name) {
    static const char *const words[] = {
        "auto",       "break",    "case",     "char",     "const", "continue", "default", "do",     "double",
        "else",       "enum",     "extern",   "float",    "for",   "goto",     "if",      "inline", "int",
        "long",       "register", "restrict", "return",   "short", "signed",   "sizeof",  "static", "struct",
        "switch",     "typedef",  "union",    "unsigned", "void",  "volatile", "while",   "_Bool",  "_Complex",
        "_Imaginary", "in",       "out",      "arena",    "main"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(name, words[i])) return true;
    return false;
}

const char *tern__c_name(const char *name, char out[TERN__C_NAME]) {
    size_t used = 0;
    if (!*name || isdigit((unsigned char)*name) || is_keyword(name)) out[used++] = '_';
    for (; *name && used + 1 < TERN__C_NAME; name++) {
        unsigned char c = (unsigned char)*name;
        if ((c & 0xC0) == 0x80) continue; /* one for a whole character */
        out[used++] = c < 128 && (isalnum(c) || c == '_') ? (char)c : '_';
    }
    out[used] = 0;
    return out;
}

void tern__c_add_float(tern__c_file *f, double value) {
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    tern__c_add(f, "%s%sf", text, strpbrk(text, ".e") ? "" : ".0");
}

/* What may not stand in a literal, or would make a trigraph, in octal. */
void tern__c_add_string(tern__c_file *f, const char *text) {
    tern__c_add(f, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 32 || c > 126 || c == '"' || c == '\\' || c == '?') tern__c_add(f, "\\%03o", c);
        else tern__c_add(f, "%c", c);
    }
    tern__c_add(f, "\"");
}

bool tern__c_formula_calls(const char *formula, const char *function) {
    size_t length = strlen(function);
    for (const char *at = formula; (at = strstr(at, function)); at += length)
        if ((at == formula || !isalnum((unsigned char)at[-1])) && at[length] == '(') return true;
    return false;
}

void tern__c_add_formula(tern__c_file *f, const char *formula) {
    for (const char *at = formula; *at;) {
        size_t word = 0;
        while (isalnum((unsigned char)at[word])) word++;
        if (isdigit((unsigned char)*at)) {
            char *end;
            tern__c_add_float(f, strtod(at, &end));
            at = end;
        } else if (word > 1) {
            bool own = word == 7 && !strncmp(at, "sigmoid", word);
            tern__c_add(f, "%.*s%s", (int)word, at, own ? "" : "f");
            at += word;
        } else {
            tern__c_add(f, "%c", *at++);
        }
    }
}

/* ---- parameters ---- */

const char *tern__c_port(const tern_program *p, bool output, size_t k, char out[TERN__C_NAME]) {
    char name[TERN__C_NAME];
    if ((output ? p->outputs : p->inputs) == 1) return output ? "out" : "in";
    tern__c_name(output ? p->output[k].name : p->value[k].name, name);
    snprintf(out, TERN__C_NAME, "%s_%.140s", output ? "out" : "in", name);
    return out;
}

void tern__c_add_parameters(tern__c_file *f) {
    char name[TERN__C_NAME];
    for (size_t k = 0; k < f->p->inputs; k++)
        tern__c_add(f, "%sconst float *%s", k ? ", " : "", tern__c_port(f->p, false, k, name));
    for (size_t k = 0; k < f->p->outputs; k++) tern__c_add(f, ", float *%s", tern__c_port(f->p, true, k, name));
}
