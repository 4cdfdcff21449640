# Libraries that tern can do without: what is found is built in, and `tern version` names it. Sources ask TERN_HAVE_NAME.
# tern_optional(NAME pkg-config-module what-for) adds one; the target tern-optional carries all that were found.
add_library(tern-optional INTERFACE)
set(optional_needs)
set(optional_flags)
set(optional_finds) # for tern-config.cmake: the static library needs them too
function(tern_optional name module purpose)
    string(TOUPPER ${name} upper)
    pkg_check_modules(${upper} IMPORTED_TARGET GLOBAL ${module})
    if(${upper}_FOUND)
        target_compile_definitions(tern-optional INTERFACE TERN_HAVE_${upper}="${module}\ ${${upper}_VERSION}")
        target_link_libraries(tern-optional INTERFACE PkgConfig::${upper})
        set(optional_needs ${optional_needs} PkgConfig::${upper} PARENT_SCOPE)
        set(optional_flags ${optional_flags} ${${upper}_LDFLAGS} PARENT_SCOPE)
        set(optional_finds "${optional_finds}    pkg_check_modules(${upper} QUIET IMPORTED_TARGET ${module})\n" PARENT_SCOPE)
    else()
        message(STATUS "tern: no ${module}: ${purpose} will not be there")
    endif()
endfunction()

tern_optional(png spng "PNG images")
tern_optional(jpeg libturbojpeg "JPEG images")
tern_optional(exif libexif "the orientation of photographs")
tern_optional(sqlite sqlite3 "tables out of SQLite databases")

# ONNX files go by the format's own schema, from which protobuf-c makes C: onnx.proto of Debian's libonnx-dev or, the same but for a type
# that no file of ours has, onnx-ml.proto of python3-onnx, which would bring NumPy along. What needs it: onnx_sources, src/export/onnx_*.c.
find_program(PROTOC_C protoc-c)
find_file(ONNX_PROTO NAMES onnx.proto onnx-ml.proto PATHS /usr/include/onnx /usr/lib/python3/dist-packages/onnx)
set(onnx_sources)
if(PROTOC_C AND ONNX_PROTO)
    tern_optional(onnx libprotobuf-c "ONNX files")
endif()
if(ONNX_FOUND)
    set(onnx_sources ${PROJECT_BINARY_DIR}/onnx/onnx.pb-c.c)
    add_custom_command(OUTPUT ${onnx_sources} ${PROJECT_BINARY_DIR}/onnx/onnx.pb-c.h
        COMMAND ${CMAKE_COMMAND} -E copy ${ONNX_PROTO} ${PROJECT_BINARY_DIR}/onnx/onnx.proto
        COMMAND ${PROTOC_C} --proto_path=${PROJECT_BINARY_DIR}/onnx --c_out=${PROJECT_BINARY_DIR}/onnx onnx.proto
        DEPENDS ${ONNX_PROTO} VERBATIM)
    add_custom_target(onnx-schema DEPENDS ${onnx_sources})
    set_source_files_properties(${onnx_sources} PROPERTIES COMPILE_OPTIONS -w)
elseif(NOT PROTOC_C OR NOT ONNX_PROTO)
    message(STATUS "tern: no protoc-c, or no onnx.proto: ONNX files will not be there")
endif()
