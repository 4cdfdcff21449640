# Files as arrays of bytes, so that the library and `tern` need no file beside them: templates.h holds src/cli/templates for `tern new`,
# manual.h what `tern help` and the man pages say of commands and topics,
# style.h how a report looks, c_kernels.h the functions that exported C is made of.
function(tern_embed header folder pattern suffix)
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*${pattern})
    get_filename_component(name ${header} NAME)
    set(text "/* ${name} - made by cmake/templates.cmake from ${folder}. */\n")
    foreach(file ${files})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        get_filename_component(kind ${file} NAME)
        string(REPLACE "${pattern}" "" kind ${kind})
        file(READ ${file} bytes HEX)
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
        string(APPEND text "static const char ${kind}_${suffix}[] = {${bytes}0};\n")
    endforeach()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${header} CONTENT "${text}" @ONLY)
endfunction()

tern_embed(templates/templates.h src/cli/templates .c.in template)
tern_embed(templates/manual.h src/cli/manual .txt manual)
tern_embed(style/style.h src/report .css css)
tern_embed(c_kernels/c_kernels.h src/export/c .c.in kernel)
