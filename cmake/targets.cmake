# One function for each kind of target, so that flags are set in one place.
set(ULLAGE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)

function(ullage_flags target)
    target_compile_options(${target} PRIVATE ${ULLAGE_WARNINGS} -ffunction-sections -fdata-sections
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE
        ULLAGE_VERSION="${PROJECT_VERSION}" ULLAGE_DATE="${ULLAGE_DATE}")
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
    if(ISAL_INCLUDE)
        target_compile_definitions(${target} PRIVATE ULLAGE_WITH_ISAL)
    endif()
    if(ULLAGE_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=address,undefined
            -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=address,undefined)
    endif()
    if(ULLAGE_TSAN)
        target_compile_options(${target} PRIVATE -fsanitize=thread -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=thread)
    endif()
    if(ULLAGE_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
endfunction()

# Files turned into constants of C: ullage_embed(OUTPUT HEADER NAME=FILE...)
function(ullage_embed output header)
    set(pairs "")
    set(sources "")
    foreach(pair ${ARGN})
        string(REGEX MATCH "^([^=]+)=(.*)$" matched "${pair}")
        list(APPEND pairs ${CMAKE_MATCH_1}=${PROJECT_SOURCE_DIR}/${CMAKE_MATCH_2})
        list(APPEND sources ${PROJECT_SOURCE_DIR}/${CMAKE_MATCH_2})
    endforeach()
    string(REPLACE ";" "," pairs "${pairs}")
    set(script ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DHEADER=${header} -DFILES=${pairs} -P ${script}
        DEPENDS ${sources} ${script}
        VERBATIM)
endfunction()

# The templates of the generator as constants, with the table that finds them by name.
function(ullage_templates result folder)
    file(GLOB files RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${folder}/*.Dockerfile)
    set(pairs "")
    set(header "#include <stddef.h>\n")
    set(rows "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        list(APPEND pairs template_${name}=${file})
        string(APPEND header "extern const unsigned char template_${name}[];\nextern const size_t template_${name}_len;\n")
        string(APPEND rows "TEMPLATE(${name})\n")
    endforeach()
    set(generated ${PROJECT_BINARY_DIR}/generated/templates)
    file(CONFIGURE OUTPUT ${generated}/template_texts.h CONTENT "${header}" @ONLY)
    file(CONFIGURE OUTPUT ${generated}/template_rows.def CONTENT "${rows}" @ONLY)
    ullage_embed(${generated}/template_texts.c template_texts.h ${pairs})
    set_source_files_properties(${generated}/template_texts.c generator/template_table.c
        PROPERTIES INCLUDE_DIRECTORIES ${generated})
    set(${result} ${generated}/template_texts.c PARENT_SCOPE)
endfunction()

function(ullage_package name)
    add_library(${name} STATIC ${ARGN})
    ullage_flags(${name})
    target_compile_options(${name} PRIVATE -fvisibility=hidden)
    target_link_libraries(${name} PUBLIC ullage_dependencies)
endfunction()

function(ullage_program name)
    add_executable(${name} ${ARGN})
    ullage_flags(${name})
    target_link_options(${name} PRIVATE -Wl,--gc-sections)
endfunction()

# libullage.so of the packages' objects. Only what begins with ullage_ is seen from outside.
function(ullage_shared_library target)
    set(objects "")
    foreach(package ${ARGN})
        list(APPEND objects $<TARGET_OBJECTS:${package}>)
    endforeach()
    add_library(${target} SHARED ${objects})
    ullage_flags(${target})
    set(map ${PROJECT_SOURCE_DIR}/cmake/ullage.map)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ullage LINKER_LANGUAGE C
        VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${map})
    target_link_options(${target} PRIVATE -Wl,--version-script=${map} -Wl,--gc-sections -Wl,--as-needed)
    if(NOT ULLAGE_SANITIZE AND NOT ULLAGE_TSAN) # the sanitizers' own symbols come from the program
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    target_link_libraries(${target} PRIVATE ullage_shared_dependencies)
endfunction()

# libullage.a is one relocatable object of the packages' objects, so that what does not begin with ullage_
# can be made local: an archive of many objects would have to show their symbols to one another.
function(ullage_static_library target)
    set(objects "")
    foreach(package ${ARGN})
        list(APPEND objects $<TARGET_OBJECTS:${package}>)
    endforeach()
    set(object ${PROJECT_BINARY_DIR}/libullage.o)
    set(archive ${PROJECT_BINARY_DIR}/libullage.a)
    add_custom_command(OUTPUT ${archive}
        COMMAND ${CMAKE_C_COMPILER} -nostdlib -r -o ${object} ${objects}
        COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=ullage_* ${object}
        COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
        COMMAND ${CMAKE_AR} Drc ${archive} ${object}
        DEPENDS ${ARGN}
        COMMENT "Linking C static library libullage.a"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_custom_target(${target} ALL DEPENDS ${archive})
endfunction()
