# What we link with, and how. Two interface targets name the same libraries:
#   ullage_dependencies         archives where Debian has them, for the program and the tests: libarchive's
#                               shared object alone pulls in so much that starting would take longer than
#                               the work
#   ullage_shared_dependencies  shared objects, for libullage.so: a process has one of each
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(NETTLE REQUIRED nettle)

find_path(ISAL_INCLUDE isa-l/igzip_lib.h)

add_library(ullage_dependencies INTERFACE)
add_library(ullage_shared_dependencies INTERFACE)
set(ULLAGE_PRIVATE_LIBS "") # for ullage.pc, in the order of linking

function(ullage_depend name)
    find_library(LIB_${name}_STATIC lib${name}.a)
    find_library(LIB_${name}_SHARED ${name} REQUIRED)
    if(LIB_${name}_STATIC)
        target_link_libraries(ullage_dependencies INTERFACE ${LIB_${name}_STATIC})
    else()
        target_link_libraries(ullage_dependencies INTERFACE ${LIB_${name}_SHARED})
    endif()
    target_link_libraries(ullage_shared_dependencies INTERFACE ${LIB_${name}_SHARED})
    set(ULLAGE_PRIVATE_LIBS "${ULLAGE_PRIVATE_LIBS} -l${name}" PARENT_SCOPE)
endfunction()

# libarchive's archive names what its other readers need; the tar reader needs none of it
ullage_depend(archive)
ullage_depend(jansson)
ullage_depend(yaml)
ullage_depend(expat)
ullage_depend(zstd)
ullage_depend(lzma)
ullage_depend(bz2)
ullage_depend(z)
ullage_depend(nettle)
target_link_libraries(ullage_dependencies INTERFACE Threads::Threads ${CMAKE_DL_LIBS} m)
target_link_libraries(ullage_shared_dependencies INTERFACE Threads::Threads ${CMAKE_DL_LIBS} m)
