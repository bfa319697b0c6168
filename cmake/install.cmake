# What `cmake --install` puts where.

# pages and completions are what the program prints about itself; the table of commands names the pages
set(generated ${PROJECT_BINARY_DIR}/generated)
file(STRINGS cli/commands.def rows REGEX "^COMMAND\\(")
list(TRANSFORM rows REPLACE "^COMMAND\\(([a-z_]+)\\).*" "\\1" OUTPUT_VARIABLE command_names)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cli/commands.def)
set(pages ${generated}/man/ullage.1)
foreach(name ${command_names})
    list(APPEND pages ${generated}/man/ullage-${name}.1)
endforeach()
set(completions ${generated}/completion/ullage ${generated}/completion/_ullage
    ${generated}/completion/ullage.fish)
string(REPLACE ";" "," joined_names "${command_names}")
add_custom_command(OUTPUT ${pages} ${completions}
    COMMAND ${CMAKE_COMMAND} -DULLAGE=$<TARGET_FILE:ullage> -DCOMMANDS=${joined_names}
        -DOUTPUT=${generated} -P ${PROJECT_SOURCE_DIR}/cmake/generate.cmake
    DEPENDS ullage cmake/generate.cmake
    COMMENT "Writing man pages and completions" VERBATIM)
add_custom_target(pages ALL DEPENDS ${pages} ${completions})

# ullage.pc tells places relative to itself, so that an installed tree may be moved
file(RELATIVE_PATH PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" PC_PREFIX "\${pcfiledir}/${PC_PREFIX}")
set(PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
configure_file(cmake/ullage.pc.in ${PROJECT_BINARY_DIR}/ullage.pc @ONLY)

install(TARGETS ullage RUNTIME)
install(TARGETS shared LIBRARY)
install(FILES ${PROJECT_BINARY_DIR}/libullage.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_BINARY_DIR}/ullage.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(DIRECTORY include/ullage DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated}/completion/ullage
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${generated}/completion/_ullage
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${generated}/completion/ullage.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES docs/report.schema.json docs/list.schema.json docs/blame.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/ullage)
