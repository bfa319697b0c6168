# The version stands in include/ullage/version.h, the date in CHANGELOG.md; both are read, not repeated.
file(STRINGS include/ullage/version.h numbers REGEX "define ULLAGE_VERSION_(MAJOR|MINOR|PATCH)")
string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]*([0-9]+)[^0-9]*([0-9]+).*" "\\1.\\2.\\3" ULLAGE_VERSION "${numbers}")

# The same sources give the same bytes: no clock is read. SOURCE_DATE_EPOCH wins, which string(TIMESTAMP)
# knows (reproducible-builds.org), else it is the newest release.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
    string(TIMESTAMP ULLAGE_DATE "%Y-%m-%d" UTC)
else()
    file(STRINGS CHANGELOG.md releases REGEX "^## [0-9.]+ \\([0-9-]+\\)")
    list(GET releases 0 newest)
    string(REGEX REPLACE ".*\\((.*)\\)" "\\1" ULLAGE_DATE "${newest}")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS include/ullage/version.h CHANGELOG.md)
