# cpack in a build directory makes Debian packages: filibuster-cpp, the programs, and
# libfilibuster-dev, what services and tests are built with.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Filibuster for C++ developers <filibuster-cpp@lists.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tools development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME filibuster-cpp)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "finds what happens to a C++ application when its calls fail
The programs of Filibuster for C++: the analysis of services' sources, the exploration of a
functional test under injected faults, and what starts services for both.")
# The shared libraries are computed. The others: clang's own headers, for the analysis; what reads
# debug information and coverage, which is loaded and run where it is there.
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
if(FILIBUSTER_BUILD_ANALYZER)
  set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "libclang-common-${FILIBUSTER_LLVM_VERSION}-dev")
endif()
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "llvm-${FILIBUSTER_LLVM_VERSION}, libdw1, graphviz")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libfilibuster-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "headers and libraries of Filibuster for C++
What C++ services are instrumented with, and what functional tests of them link; packages for CMake
and pkg-config.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libssl-dev, libcpp-httplib-dev, libfmt-dev, pkg-config")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "filibuster-cpp (= ${PROJECT_VERSION}), libgtest-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libgrpc++-dev, libprotobuf-dev, libthrift-dev")

include(CPack)
