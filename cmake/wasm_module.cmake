# tern.wasm: the library and what web/tern.js calls of it (src/web), as a module that a page brings to life.
tern_component(web SOURCES ${web_sources} USES core)
get_property(components GLOBAL PROPERTY TERN_COMPONENTS)
list(TRANSFORM components REPLACE "(.+)" "$<TARGET_OBJECTS:tern-\\1>" OUTPUT_VARIABLE objects)
add_executable(tern-wasm ${objects} $<TARGET_OBJECTS:cjson> $<TARGET_OBJECTS:zlib>)
set_target_properties(tern-wasm PROPERTIES OUTPUT_NAME tern SUFFIX .wasm)
# A reactor: no main(), its functions are called as the page likes. Its stack has room for the kernels' panels.
target_link_options(tern-wasm PRIVATE -mexec-model=reactor -Wl,-z,stack-size=1048576 -Wl,--strip-all -Wl,--gc-sections)
target_link_libraries(tern-wasm PRIVATE wasi-emulated-mman wasi-emulated-getpid wasi-emulated-signal m)
