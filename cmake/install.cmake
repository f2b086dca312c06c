# What is installed: the programs with what they load (component tools), and what services and tests
# are built with (component development).

set(tools filibuster filibuster-services filibuster-coverage filibuster-simulate filibuster-inject
          filibuster-loadgen)
if(FILIBUSTER_BUILD_ANALYZER)
  list(APPEND tools filibuster-analysis)
endif()
install(TARGETS ${tools} RUNTIME COMPONENT tools)
# filibuster-inject finds them from where it is itself: not in a directory of Debian's architectures.
install(TARGETS filibuster-preload filibuster-preload-curl filibuster-preload-httplib
                filibuster-preload-grpc filibuster-preload-addresses filibuster-preload-cpprest
                filibuster-preload-cpprest-hooks filibuster-preload-poco
                filibuster-preload-poco-hooks filibuster-preload-thrift
                filibuster-preload-thrift-hooks
        LIBRARY DESTINATION lib/filibuster COMPONENT tools)
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/filibuster-cpp RENAME copyright COMPONENT tools)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libfilibuster-dev RENAME copyright
        COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples/ci
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
# The last six are what filibuster/gtest.h has the control server and the planner from.
foreach(library protocol runtime httplib grpc thrift gtest base analysis planner beside runner)
  set_target_properties(filibuster_${library} PROPERTIES EXPORT_NAME ${library})
  install(TARGETS filibuster_${library} EXPORT filibuster ARCHIVE COMPONENT development)
endforeach()

include(CMakePackageConfigHelpers)
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/filibuster)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/filibuster-config.cmake.in
                              ${PROJECT_BINARY_DIR}/filibuster-config.cmake
                              INSTALL_DESTINATION ${package_directory}
                              PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/filibuster-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(EXPORT filibuster NAMESPACE filibuster:: FILE filibuster-targets.cmake
        DESTINATION ${package_directory} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/filibuster-config.cmake
              ${PROJECT_BINARY_DIR}/filibuster-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FilibusterAnalysis.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FilibusterInstrument.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FilibusterTest.cmake
        DESTINATION ${package_directory} COMPONENT development)

# filibuster_pkg_config(NAME DESCRIPTION TEXT [REQUIRES PACKAGE…] [LIBS FLAG…]): NAME.pc, which holds
# wherever the files are moved to.
function(filibuster_pkg_config name)
  cmake_parse_arguments(ARG "" "DESCRIPTION" "REQUIRES;LIBS" ${ARGN})
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
             BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE up)
  list(JOIN ARG_REQUIRES ", " requires)
  list(JOIN ARG_LIBS " " libs)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.pc
"prefix=\${pcfiledir}/${up}
includedir=\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}
libdir=\${prefix}/${CMAKE_INSTALL_LIBDIR}

Name: ${name}
Description: ${ARG_DESCRIPTION}
Version: ${PROJECT_VERSION}
Requires: ${requires}
Cflags: -I\${includedir}
Libs: -L\${libdir} ${libs}
")
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()

filibuster_pkg_config(filibuster-runtime DESCRIPTION "What services under Filibuster link"
                      REQUIRES libcrypto
                      LIBS -lfilibuster_runtime -lfilibuster_protocol -pthread -ldl)
filibuster_pkg_config(filibuster-httplib DESCRIPTION "cpp-httplib, instrumented for Filibuster"
                      REQUIRES filibuster-runtime cpp-httplib)
filibuster_pkg_config(filibuster-grpc DESCRIPTION "gRPC, instrumented for Filibuster"
                      REQUIRES filibuster-runtime grpc++ protobuf)
filibuster_pkg_config(filibuster-gtest DESCRIPTION "GoogleTest under Filibuster's faults"
                      REQUIRES filibuster-runtime cpp-httplib fmt
                      LIBS -lfilibuster_gtest -lfilibuster_runner -lfilibuster_planner
                           -lfilibuster_analysis -lfilibuster_beside -lfilibuster_base
                           -lfilibuster_runtime -lfilibuster_protocol -lcpp-httplib -lfmt)
filibuster_pkg_config(filibuster-thrift DESCRIPTION "Thrift, instrumented for Filibuster"
                      REQUIRES filibuster-runtime thrift)
