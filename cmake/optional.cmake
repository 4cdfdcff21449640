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
