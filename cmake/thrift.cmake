find_program(THRIFT thrift REQUIRED)

# filibuster_thrift_library(NAME FILE.thrift SERVICE...): what thrift makes of it, as a library.
function(filibuster_thrift_library name file)
  get_filename_component(stem ${file} NAME_WE)
  get_filename_component(path ${file} ABSOLUTE)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/gen-cpp)
  set(sources ${directory}/${stem}_types.cpp)
  foreach(service ${ARGN})
    list(APPEND sources ${directory}/${service}.cpp)
  endforeach()
  add_custom_command(
    OUTPUT ${sources}
    COMMAND ${THRIFT} --gen cpp:no_skeleton -o ${CMAKE_CURRENT_BINARY_DIR} ${path}
    DEPENDS ${path})
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${directory})
  target_link_libraries(${name} PUBLIC PkgConfig::thrift)
  set_target_properties(${name} PROPERTIES CXX_STANDARD 17)
endfunction()
