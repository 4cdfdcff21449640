# What `cmake --install` leaves: headers, libraries, programs, the schema, and how pkg-config and find_package() find them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY include/tern DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(FILES models/tern.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/tern)
install(TARGETS tern tern-f64 RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Completion, for each shell where it looks; bash and fish look for a file of the program's name.
foreach(program tern tern-f64)
    install(FILES cmake/completion/tern.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
    install(FILES cmake/completion/tern.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${program}.fish)
endforeach()
install(FILES cmake/completion/_tern DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

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
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS libtern-static libtern-f64-static EXPORT tern-static-targets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tern)
install(EXPORT tern-targets NAMESPACE tern:: DESTINATION ${package})
install(EXPORT tern-static-targets NAMESPACE tern:: DESTINATION ${package})
set(schema ${CMAKE_INSTALL_DATADIR}/tern/tern.schema.json)
configure_package_config_file(cmake/tern-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/tern-config.cmake
    INSTALL_DESTINATION ${package} PATH_VARS schema)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/tern-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tern-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/tern-config-version.cmake
    DESTINATION ${package})

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
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tern${precision}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
