# What the program prints about itself, kept as files: cmake -DULLAGE=... -DCOMMANDS=... -DOUTPUT=... -P
cmake_minimum_required(VERSION 3.20)

function(keep file)
    execute_process(COMMAND ${ULLAGE} ${ARGN} OUTPUT_FILE ${OUTPUT}/${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(MAKE_DIRECTORY ${OUTPUT}/man ${OUTPUT}/completion)
keep(man/ullage.1 man)
string(REPLACE "," ";" names "${COMMANDS}")
foreach(name ${names})
    keep(man/ullage-${name}.1 man ${name})
endforeach()
keep(completion/ullage completion bash)
keep(completion/_ullage completion zsh)
keep(completion/ullage.fish completion fish)
