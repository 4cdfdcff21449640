# What tern is built on, for WebAssembly: cJSON and zlib of Debian's source packages, as there are no others to link to, and no threads.
# scripts/web puts the sources into TERN_SOURCES.
set(TERN_SOURCES ${PROJECT_BINARY_DIR}/sources CACHE PATH "Where the sources of cJSON and zlib are: scripts/web puts them there")
file(GLOB cjson_source ${TERN_SOURCES}/cjson-*)
file(GLOB zlib_source ${TERN_SOURCES}/zlib-*)
if(NOT cjson_source OR NOT zlib_source)
    message(FATAL_ERROR "No sources of cJSON and zlib in ${TERN_SOURCES}: run scripts/web, which puts them there and builds all")
endif()

# As <cjson/cJSON.h> and <zlib.h>, beside the sources alone: include directories of the machine itself are for another CPU.
file(COPY ${cjson_source}/cJSON.h DESTINATION ${PROJECT_BINARY_DIR}/include/cjson)
add_library(cjson OBJECT ${cjson_source}/cJSON.c)
target_include_directories(cjson INTERFACE ${PROJECT_BINARY_DIR}/include)
add_library(PkgConfig::CJSON ALIAS cjson)

set(zlib_files adler32 crc32 inffast inflate inftrees zutil) # what reads: nothing here writes compressed files
list(TRANSFORM zlib_files REPLACE "(.+)" "${zlib_source}/\\1.c")
add_library(zlib OBJECT ${zlib_files})
target_include_directories(zlib INTERFACE ${zlib_source})
add_library(ZLIB::ZLIB ALIAS zlib)

add_library(threads INTERFACE)
add_library(Threads::Threads ALIAS threads)
add_library(tern-optional INTERFACE)

# Random123 stops at a CPU whose name it does not know, and then makes nothing of that name.
set(RANDOM123_INCLUDE ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK /usr/include/Random123 ${PROJECT_BINARY_DIR}/include/Random123 SYMBOLIC)
set_source_files_properties(src/core/random.c PROPERTIES COMPILE_DEFINITIONS __riscv)
