# What every target of ours is compiled with.
add_library(filibuster_options INTERFACE)
target_compile_options(filibuster_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers)
target_include_directories(filibuster_options INTERFACE ${PROJECT_SOURCE_DIR})

# Sanitizers and coverage reach every target, the example services too.
if(FILIBUSTER_SANITIZE)
  add_compile_options(-fsanitize=${FILIBUSTER_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FILIBUSTER_SANITIZE})
  set(FILIBUSTER_TEST_SECONDS 1200)  # the analyzer takes ten times as long
else()
  set(FILIBUSTER_TEST_SECONDS 300)
endif()
if(FILIBUSTER_COVERAGE)
  # Continuous mode keeps the counters in the file itself, so that a service that is killed, or
  # still running when a snapshot is taken, loses nothing (clang's source-based coverage manual).
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping
                      "SHELL:-mllvm -runtime-counter-relocation")
  add_link_options(-fprofile-instr-generate)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# filibuster_test(NAME …): a program of its own, each TEST a ctest test. With PREFIX where another
# program has tests of the same names, which would share their properties.
function(filibuster_test name)
  cmake_parse_arguments(ARG "" "ENVIRONMENT;PREFIX" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock_main filibuster_options)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_PREFIX "${ARG_PREFIX}"
                       PROPERTIES TIMEOUT ${FILIBUSTER_TEST_SECONDS} ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()
