# Packages for Debian, by `cmake --build --preset package --target package`: tern (the program, with all that belongs to it), libtern1 (the
# shared libraries, called after their ABI) and libtern-dev (headers and what a program is built with). What they depend on dpkg-shlibdeps finds.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tern)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the tern authors <tern@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tern libtern libtern-dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_TERN_PACKAGE_NAME tern)
set(CPACK_DEBIAN_TERN_PACKAGE_SECTION science)
set(CPACK_COMPONENT_TERN_DESCRIPTION "neural networks from a JSON file, on the command line
 A model is a JSON file; one command trains it on tables, images, arrays or
 texts, others evaluate it, predict with it, look at it and export it.")

set(CPACK_DEBIAN_LIBTERN_PACKAGE_NAME libtern${abi})
set(CPACK_DEBIAN_LIBTERN_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBTERN_DESCRIPTION "neural networks on BLAS - shared libraries
 The library of tern, in float and in double.")

# A program that links libtern.a needs the libraries' own packages, one that links libtern.so doesn't.
set(CPACK_DEBIAN_LIBTERN-DEV_PACKAGE_NAME libtern-dev)
set(CPACK_DEBIAN_LIBTERN-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBTERN-DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_LIBTERN-DEV_PACKAGE_DEPENDS "libtern${abi} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_LIBTERN-DEV_PACKAGE_SUGGESTS
    "libopenblas-dev, libcjson-dev, zlib1g-dev, libspng-dev, libturbojpeg0-dev, libexif-dev, libsqlite3-dev, libprotobuf-c-dev")
set(CPACK_COMPONENT_LIBTERN-DEV_DESCRIPTION "neural networks on BLAS - headers and static libraries
 What programs and plugins are built with on the library of tern.")

foreach(component tern libtern libtern-dev)
    string(TOUPPER ${component} upper)
    install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME} RENAME copyright
        COMPONENT ${component})
endforeach()
include(CPack)
