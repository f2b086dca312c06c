# filibuster_embed(OUTPUT HEADER H TYPE T FUNCTION F INPUTS FILE…): OUTPUT defines F(), which H
# declares, and which returns a vector of T {name with its last directory, content}, by name.
function(filibuster_embed output)
  cmake_parse_arguments(ARG "" "HEADER;TYPE;FUNCTION" "INPUTS" ${ARGN})
  list(SORT ARG_INPUTS)
  list(JOIN ARG_INPUTS "|" inputs)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DHEADER=${ARG_HEADER} -DTYPE=${ARG_TYPE}
            -DFUNCTION=${ARG_FUNCTION} "-DINPUTS=${inputs}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARG_INPUTS} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

string(REPLACE "|" ";" INPUTS "${INPUTS}")
set(entries "")
foreach(input IN LISTS INPUTS)
  file(READ ${input} text)
  get_filename_component(name ${input} NAME)
  get_filename_component(directory ${input} DIRECTORY)
  get_filename_component(directory ${directory} NAME)
  string(APPEND entries "      {\"${directory}/${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed.cmake.
#include \"${HEADER}\"

namespace filibuster {

const std::vector<${TYPE}>& ${FUNCTION}() {
  static const std::vector<${TYPE}> files = {
${entries}  };
  return files;
}

}  // namespace filibuster
")
