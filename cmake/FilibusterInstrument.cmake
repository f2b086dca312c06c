# filibuster_instrument(TARGET [SERVICE NAME] [LIBRARIES LIBRARY…])
#
# Instruments the calls that a target's sources make and the requests that they serve, without a
# change to them. SERVICE names the service whose program the target is; a library of the services'
# own, which mentions a client library too, is instrumented without one:
#
#   add_library(common STATIC common/client.cc)
#   filibuster_instrument(common)
#   add_executable(foo services/foo/foo.cc)
#   target_link_libraries(foo PRIVATE common)
#   filibuster_instrument(foo SERVICE foo)
#
# LIBRARIES: httplib (the default) and grpc. Thrift's need a word in the source: docs/thrift.md.
function(filibuster_instrument target)
  cmake_parse_arguments(ARG "" "SERVICE" "LIBRARIES" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "filibuster_instrument(${target}): found ${ARG_UNPARSED_ARGUMENTS}, "
                        "expected SERVICE or LIBRARIES")
  endif()
  if(NOT ARG_LIBRARIES)
    set(ARG_LIBRARIES httplib)
  endif()
  set(lines "")
  foreach(library IN LISTS ARG_LIBRARIES)
    if(NOT library MATCHES "^(httplib|grpc)$")
      message(FATAL_ERROR "filibuster_instrument(${target}): found the library ${library}, "
                          "expected httplib or grpc")
    endif()
    filibuster_link(${target} filibuster::${library})
    string(APPEND lines "#include <filibuster/${library}.h>\n")
  endforeach()
  if("httplib" IN_LIST ARG_LIBRARIES)
    # In every file, before whatever includes httplib's own header.
    target_compile_options(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include filibuster/httplib.h>")
  endif()
  if(ARG_SERVICE)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/filibuster/${target}.cc)
    file(CONFIGURE OUTPUT ${source}
         CONTENT "// Written by filibuster_instrument.\n${lines}\nFILIBUSTER_SERVICE(\"${ARG_SERVICE}\");\n"
         @ONLY)
    target_sources(${target} PRIVATE ${source})
  endif()
endfunction()

# Links as target_link_libraries(TARGET PRIVATE LIBRARY) does, which CMake refuses for a target that
# its project links without such a keyword.
function(filibuster_link target library)
  get_target_property(directory ${target} SOURCE_DIR)
  if(NOT directory STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    # Imported targets are those of a directory: there, this one may be unknown.
    target_link_libraries(${target} PRIVATE ${library})
    return()
  endif()
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES ${library})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES $<LINK_ONLY:${library}>)
  endif()
endfunction()
