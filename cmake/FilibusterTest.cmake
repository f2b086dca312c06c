# filibuster_add_test(NAME NAME FUNCTIONAL_TEST TEST [APPLICATION FILE] [ANALYSIS_FILE FILE]
#                     [OPTIONS OPTION…])
#
# Adds a test to ctest that runs filibuster: a functional test, a target or a command, passes if it
# passes under every fault set. The services are those of the application file, started for it;
# without APPLICATION they run already.
#
#   filibuster_add_test(NAME FooBarBaz APPLICATION application.json
#                       FUNCTIONAL_TEST test_foo_bar_baz OPTIONS --reduction outcomes)
#
# Relative files are those of the current source directory, else of the current binary directory.
# What a run writes goes to filibuster/NAME in the current binary directory: counterexample.json, the
# services' logs, and in report/ report.html, report.json and junit.xml; to its output, warnings and
# failures only, unless OPTIONS has --verbose. With APPLICATION the kernel chooses the control
# server's port. The program is looked for in the PATH, unless FILIBUSTER names it or it is built in
# the same project. Tests that share an application do not run at the same time: their services have
# the same ports.
function(filibuster_add_test)
  cmake_parse_arguments(ARG "" "NAME;FUNCTIONAL_TEST;APPLICATION;ANALYSIS_FILE" "OPTIONS" ${ARGN})
  foreach(required NAME FUNCTIONAL_TEST)
    if(NOT ARG_${required})
      message(FATAL_ERROR "filibuster_add_test: expected ${required}")
    endif()
  endforeach()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "filibuster_add_test(${ARG_NAME}): found ${ARG_UNPARSED_ARGUMENTS}, expected "
                        "APPLICATION, ANALYSIS_FILE or OPTIONS")
  endif()
  if(TARGET filibuster AND NOT FILIBUSTER)
    set(program $<TARGET_FILE:filibuster>)
  else()
    find_program(FILIBUSTER filibuster REQUIRED)
    set(program ${FILIBUSTER})
  endif()
  set(test ${ARG_FUNCTIONAL_TEST})
  if(TARGET ${test})
    set(test $<TARGET_FILE:${test}>)
  endif()
  set(arguments "")
  if(ARG_APPLICATION)
    filibuster_find_file(ARG_APPLICATION)
    list(APPEND arguments --application ${ARG_APPLICATION} --port 0)
  endif()
  if(ARG_ANALYSIS_FILE)
    filibuster_find_file(ARG_ANALYSIS_FILE)
    list(APPEND arguments --analysis-file ${ARG_ANALYSIS_FILE})
  endif()
  # A log of CI is read for what failed; the report has all else.
  if(NOT "--verbose" IN_LIST ARG_OPTIONS AND NOT "--quiet" IN_LIST ARG_OPTIONS)
    list(APPEND arguments --quiet)
  endif()
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/filibuster/${ARG_NAME})
  file(MAKE_DIRECTORY ${directory})
  add_test(NAME ${ARG_NAME}
           COMMAND ${program} --functional-test ${test} --report-dir report ${arguments}
                   --services-directory ${CMAKE_CURRENT_SOURCE_DIR}/services ${ARG_OPTIONS}
           WORKING_DIRECTORY ${directory})
  if(ARG_APPLICATION)
    set_tests_properties(${ARG_NAME} PROPERTIES RESOURCE_LOCK ${ARG_APPLICATION})
  else()
    # The services know one control server.
    set_tests_properties(${ARG_NAME} PROPERTIES RESOURCE_LOCK filibuster)
  endif()
endfunction()

# Makes the path in a variable absolute.
function(filibuster_find_file variable)
  set(directory ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT EXISTS ${directory}/${${variable}})
    set(directory ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  cmake_path(ABSOLUTE_PATH ${variable} BASE_DIRECTORY ${directory} NORMALIZE)
  set(${variable} ${${variable}} PARENT_SCOPE)
endfunction()
