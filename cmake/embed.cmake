# Files as constants of C: cmake -DOUTPUT=x.c -DHEADER=x.h -DFILES=NAME=FILE,NAME=FILE -P
# Each becomes `const unsigned char NAME[]` and `const size_t NAME_len`.
cmake_minimum_required(VERSION 3.20)

set(text "#include \"${HEADER}\"\n")
string(REPLACE "," ";" pairs "${FILES}")
foreach(pair ${pairs})
    string(REGEX MATCH "^([^=]+)=(.*)$" matched "${pair}")
    set(name ${CMAKE_MATCH_1})
    file(READ "${CMAKE_MATCH_2}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "((0x..,){1,20})" "\\1\n    " bytes "${bytes}")
    string(APPEND text "\nconst unsigned char ${name}[] = {\n    ${bytes}\n};\n"
        "const size_t ${name}_len = sizeof ${name};\n")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
