# MPI is the program's alone: libtern knows ranks (tern/comm.h), and not how they reach each other. With TERN_MPI, tern and tern-f64 have it;
# the tests have programs of their own with it wherever it is installed. tern-mpi carries what these need.
option(TERN_MPI "Build tern for several ranks over MPI" OFF)
set(MPI_DETERMINE_LIBRARY_VERSION ON)
set(MPI_C_SKIP_MPICXX ON) # Open MPI's header would look for C++
if(TERN_MPI)
    find_package(MPI REQUIRED COMPONENTS C)
elseif(TERN_TESTS)
    find_package(MPI QUIET COMPONENTS C)
endif()
if(MPI_C_FOUND)
    string(REGEX REPLACE "[,\r\n].*" "" mpi_version "${MPI_C_LIBRARY_VERSION_STRING}")
    string(REGEX REPLACE "[ \t:]+" " " mpi_version "${mpi_version}")
    add_library(tern-mpi INTERFACE)
    target_sources(tern-mpi INTERFACE ${PROJECT_SOURCE_DIR}/src/comm/mpi/mpi_ranks.c)
    target_include_directories(tern-mpi INTERFACE ${PROJECT_SOURCE_DIR}/src/comm/mpi)
    target_compile_definitions(tern-mpi INTERFACE "TERN_HAVE_MPI=\"${mpi_version}\"")
    target_link_libraries(tern-mpi INTERFACE MPI::MPI_C)
endif()
