# What `cmake --install` leaves: headers, libraries, programs, the schema, models to start from with their data, man pages, completion, and how
# pkg-config and find_package() find them. Three components, which package.cmake makes packages of: tern, libtern and libtern-dev.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME tern)

install(DIRECTORY include/tern DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libtern-dev FILES_MATCHING PATTERN *.h)
install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DATADIR}/tern)
install(FILES data/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/tern/data)
foreach(set diabetes digits gospels iris sunspots xor) # not what scripts/fetch-* leave beside them
    install(DIRECTORY data/${set} DESTINATION ${CMAKE_INSTALL_DATADIR}/tern/data)
endforeach()
install(FILES README.md CHANGELOG.md SECURITY.md docs/exports.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES models/tern.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/tern)
install(TARGETS tern tern-f64 RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Completion, for each shell where it looks; bash and fish look for a file of the program's name.
foreach(program tern tern-f64)
    install(FILES cmake/completion/tern.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
    install(FILES cmake/completion/tern.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${program}.fish)
endforeach()
install(FILES cmake/completion/_tern DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

# Man pages, as the program prints them: of itself, of each command in section 1, of each topic in section 7.
function(tern_man_page name section page)
    set(file ${PROJECT_BINARY_DIR}/man/${page}.${section})
    add_custom_command(OUTPUT ${file} COMMAND tern help --man ${name} > ${file} DEPENDS tern VERBATIM)
    install(FILES ${file} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
    set_property(GLOBAL APPEND PROPERTY TERN_MAN_PAGES ${file})
endfunction()
function(tern_man_pages def macro section)
    file(STRINGS ${def} names REGEX "^${macro}\\(")
    foreach(name ${names})
        string(REGEX REPLACE "^${macro}\\(([a-z_]+).*" "\\1" name "${name}")
        string(REPLACE _ - name ${name})
        tern_man_page(${name} ${section} tern-${name})
    endforeach()
endfunction()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)
tern_man_page("" 1 tern)
tern_man_pages(src/cli/commands.def TERN_COMMAND 1)
tern_man_pages(src/cli/topics.def TERN_TOPIC 7)
get_property(man_pages GLOBAL PROPERTY TERN_MAN_PAGES)
add_custom_target(man ALL DEPENDS ${man_pages})
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/man/tern-f64.1 CONTENT ".so man1/tern.1\n")
install(FILES ${PROJECT_BINARY_DIR}/man/tern-f64.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# A plugin takes nothing but headers: the library is in the program that loads it.
foreach(precision "" -f64)
    set(plugin tern-plugin${precision})
    add_library(${plugin} INTERFACE)
    set_target_properties(${plugin} PROPERTIES EXPORT_NAME plugin${precision})
    target_include_directories(${plugin} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
endforeach()
target_compile_definitions(tern-plugin-f64 INTERFACE TERN_DOUBLE)

set_target_properties(libtern-shared PROPERTIES EXPORT_NAME tern)
set_target_properties(libtern-f64-shared PROPERTIES EXPORT_NAME f64)
set_target_properties(libtern-static PROPERTIES EXPORT_NAME tern-static)
set_target_properties(libtern-f64-static PROPERTIES EXPORT_NAME f64-static)
install(TARGETS libtern-shared libtern-f64-shared tern-plugin tern-plugin-f64 EXPORT tern-targets
    LIBRARY COMPONENT libtern NAMELINK_COMPONENT libtern-dev INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS libtern-static libtern-f64-static EXPORT tern-static-targets
    ARCHIVE COMPONENT libtern-dev INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tern)
install(EXPORT tern-targets NAMESPACE tern:: DESTINATION ${package} COMPONENT libtern-dev)
install(EXPORT tern-static-targets NAMESPACE tern:: DESTINATION ${package} COMPONENT libtern-dev)
set(schema ${CMAKE_INSTALL_DATADIR}/tern/tern.schema.json)
configure_package_config_file(cmake/tern-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/tern-config.cmake
    INSTALL_DESTINATION ${package} PATH_VARS schema)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/tern-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tern-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/tern-config-version.cmake
    DESTINATION ${package} COMPONENT libtern-dev)

# Paths in tern.pc follow the file itself, wherever the prefix is moved to, unless a directory was given as an absolute path.
function(pc_directory given out)
    if(IS_ABSOLUTE ${given})
        set(${out} ${given} PARENT_SCOPE)
    else()
        set(${out} "\${prefix}/${given}" PARENT_SCOPE)
    endif()
endfunction()

pc_directory(${CMAKE_INSTALL_INCLUDEDIR} includedir)
pc_directory(${CMAKE_INSTALL_LIBDIR} libdir)
set(prefix ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    string(REGEX REPLACE "/$" "" prefix "\${pcfiledir}/${up}")
endif()
# For the static library. The libraries it needs are shared ones, so what those need in turn (Requires.private would add it, libgfortran for
# one) has not to be there.
string(JOIN " " libraries ${CBLAS_LDFLAGS} ${CJSON_LDFLAGS} ${optional_flags} -lz)
foreach(precision "" -f64)
    set(real float)
    set(defines)
    if(precision)
        set(real double)
        set(defines " -DTERN_DOUBLE")
    endif()
    configure_file(cmake/tern.pc.in ${CMAKE_CURRENT_BINARY_DIR}/tern${precision}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tern${precision}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libtern-dev)
endforeach()
