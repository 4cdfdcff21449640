/* onnx_read.c - an ONNX file as its schema has it; see onnx_import.h. */
#include "onnx_import.h"

#include "file.h"

/* How deep messages lie in messages: a file of ours is at 6, and each level is a call of the library that decodes. */
enum { DEPTH = 24 };

/* ---- what a file may cost ---- */

/* Memory that decoding may take: a file of small messages comes to several times its size. */
typedef struct budget {
    size_t left;
    bool spent;
} budget;

static void *take(void *self, size_t size) {
    budget *b = self;
    if (size > b->left) return b->spent = true, NULL;
    b->left -= size;
    return tern__alloc(size, 1, NULL);
}

static void give(void *self, void *memory) {
    (void)self;
    tern__free(memory);
}

/* ---- structure ---- */

/* A number of 7 bits a byte; false: cut off, or longer than 64 bits. */
static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *out) {
    *out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (*at == end) return false;
        uint8_t byte = *(*at)++;
        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return true;
    }
    return false;
}

/* Whether the bytes are fields that end where the message ends, and messages in it likewise. */
static bool sound(const ProtobufCMessageDescriptor *type, const uint8_t *at, const uint8_t *end, size_t depth) {
    if (depth > DEPTH) return false;
    while (at < end) {
        uint64_t tag, size = 0;
        if (!read_varint(&at, end, &tag) || tag >> 3 > UINT32_MAX >> 3) return false;
        switch (tag & 7) {
        case PROTOBUF_C_WIRE_TYPE_VARINT:
            if (!read_varint(&at, end, &size)) return false;
            continue;
        case PROTOBUF_C_WIRE_TYPE_64BIT: size = 8; break;
        case PROTOBUF_C_WIRE_TYPE_32BIT: size = 4; break;
        case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
            if (!read_varint(&at, end, &size)) return false;
            break;
        default: return false;
        }
        if (size > (uint64_t)(end - at)) return false;
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        if (field && field->type == PROTOBUF_C_TYPE_MESSAGE && !sound(field->descriptor, at, at + size, depth + 1))
            return false;
        at += size;
    }
    return true;
}

Onnx__ModelProto *tern__onnx_read(const char *path, tern_error *err) {
    static const size_t most = 0x7fffffff, always = 16 << 20, times = 16;
    size_t size;
    unsigned char *bytes = tern__file_read(path, most, &size, err);
    if (!bytes) return NULL;
    budget b = {always + times * size, false};
    ProtobufCAllocator allocator = {take, give, &b};
    Onnx__ModelProto *model = NULL;
    if (sound(&onnx__model_proto__descriptor, bytes, bytes + size, 0))
        model = onnx__model_proto__unpack(&allocator, size, bytes);
    tern__free(bytes);
    if (model && model->graph) return model;
    tern__onnx_free(model);
    if (b.spent)
        tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "would take more memory than a network of its size can need");
    else tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is no ONNX file, or it is damaged");
    return NULL;
}

void tern__onnx_free(Onnx__ModelProto *model) {
    ProtobufCAllocator allocator = {take, give, NULL};
    if (model) onnx__model_proto__free_unpacked(model, &allocator);
}
