# What we link with, and how. The program links the libraries statically where Debian has an archive of
# them: libarchive's shared object alone pulls in so much that starting would take longer than the work.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(NETTLE REQUIRED nettle)

find_path(ISAL_INCLUDE isa-l/igzip_lib.h)

function(ullage_find_library variable name)
    find_library(${variable}_STATIC lib${name}.a)
    find_library(${variable}_SHARED ${name} REQUIRED)
    if(${variable}_STATIC)
        set(${variable} ${${variable}_STATIC} PARENT_SCOPE)
    else()
        set(${variable} ${${variable}_SHARED} PARENT_SCOPE)
    endif()
endfunction()

ullage_find_library(ARCHIVE archive)
ullage_find_library(JANSSON jansson)
ullage_find_library(ZSTD zstd)
ullage_find_library(ZLIB z)
ullage_find_library(LZMA lzma)
ullage_find_library(BZIP2 bz2)
ullage_find_library(NETTLE_LIBRARY nettle)

# libarchive's archive names what its other readers need; the tar reader needs none of it
add_library(ullage_dependencies INTERFACE)
target_link_libraries(ullage_dependencies INTERFACE
    ${ARCHIVE} ${JANSSON} ${ZSTD} ${LZMA} ${BZIP2} ${ZLIB} ${NETTLE_LIBRARY}
    Threads::Threads ${CMAKE_DL_LIBS} m)
