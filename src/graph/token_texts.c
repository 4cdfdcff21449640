/* token_texts.c - what the tokens of an input stand for: the reader of its training data says that. */
#include "graph.h"

#include "arrays.h"
#include "tokens.h"

#include <tern/generate.h>

#include <string.h>

/* The reader of the training data of input `k`; type NULL: there is none. */
static tern_object reader_of(const tern_model *m, size_t k) {
    const tern_object *train = &m->config.data.train;
    if (k >= m->inputs || train->type != &tern_reader_arrays.base) return *train;
    const tern_named *inputs = &((const tern__arrays *)train->self)->inputs;
    for (size_t i = 0; i < inputs->n; i++)
        if (!strcmp(inputs->name[i], m->input[k].name)) return ((const tern_object *)inputs->item)[i];
    return (tern_object){0};
}

static const tern__token_lines *lines_of(const tern_model *m, size_t k) {
    tern_object reader = reader_of(m, k);
    return reader.type == &tern_reader_tokens.base ? reader.self : NULL;
}

tern_tokens tern_model_tokens(const tern_model *m, size_t k) {
    const tern__token_lines *o = lines_of(m, k);
    const tern_type *type = reader_of(m, k).type;
    if (!o) return (tern_tokens){.kind = type && !strcmp(type->name, "text") ? TERN_TOKEN_BYTE : TERN_TOKEN_NUMBER};
    const tern__vocabulary v = tern__tokens_vocabulary(o);
    return (tern_tokens){.kind = !v.tokens.n                    ? TERN_TOKEN_BYTE
                                 : v.kind == TERN__TOKENS_WORDS ? TERN_TOKEN_WORD
                                                                : TERN_TOKEN_CHARACTER,
                         .boundary = o->boundary == TERN__BOUNDARY_START,
                         .unknown = v.tokens.n && v.unknown ? v.tokens.n + 1 : 0};
}

tern_status tern_model_encode(const tern_model *m, size_t k, const char *text, size_t **token, size_t *n,
                              tern_error *err) {
    const tern__token_lines *o = lines_of(m, k);
    tern__vocabulary v = o ? tern__tokens_vocabulary(o) : (tern__vocabulary){0};
    const char *unseen;
    size_t size;
    *token = NULL;
    *n = 0;
    if (tern_model_tokens(m, k).kind == TERN_TOKEN_NUMBER)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the model takes numbers, and no text");
    tern_status status = tern__vocabulary_sort(&v, err);
    if (!status) *n = tern__vocabulary_encode(&v, text, NULL, &unseen, &size);
    if (!status && unseen)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.*s\" is not in the vocabulary of the model",
                                (int)(size < 40 ? size : 40), unseen);
    uint32_t *number = status ? NULL : tern__alloc(*n, sizeof *number, err);
    if (number) *token = tern__alloc(*n, sizeof **token, err);
    if (*token) tern__vocabulary_encode(&v, text, number, &unseen, &size);
    for (size_t i = 0; *token && i < *n; i++) (*token)[i] = number[i];
    tern__free(number);
    tern__free(v.sorted);
    return status ? status : *token ? TERN_OK : TERN_ERROR_MEMORY;
}

size_t tern_model_token_text(const tern_model *m, size_t k, size_t token, const char **text) {
    static const char bytes[] = /* the 256 of them */
        "\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017"
        "\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037"
        "\040\041\042\043\044\045\046\047\050\051\052\053\054\055\056\057"
        "\060\061\062\063\064\065\066\067\070\071\072\073\074\075\076\077"
        "\100\101\102\103\104\105\106\107\110\111\112\113\114\115\116\117"
        "\120\121\122\123\124\125\126\127\130\131\132\133\134\135\136\137"
        "\140\141\142\143\144\145\146\147\150\151\152\153\154\155\156\157"
        "\160\161\162\163\164\165\166\167\170\171\172\173\174\175\176\177"
        "\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217"
        "\220\221\222\223\224\225\226\227\230\231\232\233\234\235\236\237"
        "\240\241\242\243\244\245\246\247\250\251\252\253\254\255\256\257"
        "\260\261\262\263\264\265\266\267\270\271\272\273\274\275\276\277"
        "\300\301\302\303\304\305\306\307\310\311\312\313\314\315\316\317"
        "\320\321\322\323\324\325\326\327\330\331\332\333\334\335\336\337"
        "\340\341\342\343\344\345\346\347\350\351\352\353\354\355\356\357"
        "\360\361\362\363\364\365\366\367\370\371\372\373\374\375\376\377";
    const tern__token_lines *o = lines_of(m, k);
    *text = "";
    if (o && o->vocabulary.n) {
        if (!token || token > o->vocabulary.n) return 0;
        return strlen(*text = o->vocabulary.v[token - 1]);
    }
    if (!token || token >= sizeof bytes - 1) return 0;
    *text = &bytes[token];
    return 1;
}
