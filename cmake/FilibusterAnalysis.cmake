# filibuster_add_analysis(TARGET [SERVICES_DIRECTORY DIR] [OPTIONS OPTION…])
#
# Adds a target that runs filibuster-analysis over DIR (default: services, in the current source
# directory) with this build's compile commands:
#
#   find_package(filibuster REQUIRED)
#   filibuster_add_analysis(analysis OPTIONS --fail-on error --format sarif=findings.sarif)
#
#   cmake --build build --target analysis
#
# Needs set(CMAKE_EXPORT_COMPILE_COMMANDS ON) before the services' targets. The program is looked
# for in the PATH, unless FILIBUSTER_ANALYSIS names it or it is built in the same project.
function(filibuster_add_analysis target)
  cmake_parse_arguments(ARG "" "SERVICES_DIRECTORY" "OPTIONS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "filibuster_add_analysis(${target}): found ${ARG_UNPARSED_ARGUMENTS}, "
                        "expected SERVICES_DIRECTORY or OPTIONS")
  endif()
  if(NOT ARG_SERVICES_DIRECTORY)
    set(ARG_SERVICES_DIRECTORY services)
  endif()
  cmake_path(ABSOLUTE_PATH ARG_SERVICES_DIRECTORY NORMALIZE)
  if(TARGET filibuster-analysis AND NOT FILIBUSTER_ANALYSIS)
    set(program $<TARGET_FILE:filibuster-analysis>)
  else()
    find_program(FILIBUSTER_ANALYSIS filibuster-analysis REQUIRED)
    set(program ${FILIBUSTER_ANALYSIS})
  endif()
  add_custom_target(${target}
    COMMAND ${program} --services-directory ${ARG_SERVICES_DIRECTORY}
            --compile-commands ${CMAKE_BINARY_DIR} ${ARG_OPTIONS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Analyzing ${ARG_SERVICES_DIRECTORY}"
    USES_TERMINAL VERBATIM)
endfunction()
