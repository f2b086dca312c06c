find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# filibuster_grpc_library(NAME FILE.proto): what protoc makes of it, as a library.
function(filibuster_grpc_library name file)
  get_filename_component(stem ${file} NAME_WE)
  get_filename_component(path ${file} ABSOLUTE)
  get_filename_component(directory ${path} DIRECTORY)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${stem})
  add_custom_command(
    OUTPUT ${made}.pb.cc ${made}.pb.h ${made}.grpc.pb.cc ${made}.grpc.pb.h
    COMMAND ${PROTOC} --proto_path=${directory} --cpp_out=${CMAKE_CURRENT_BINARY_DIR}
            --grpc_out=${CMAKE_CURRENT_BINARY_DIR}
            --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN} ${path}
    DEPENDS ${path})
  add_library(${name} STATIC ${made}.pb.cc ${made}.grpc.pb.cc)
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${name} PUBLIC PkgConfig::grpc)
  set_target_properties(${name} PROPERTIES CXX_STANDARD 17)
endfunction()
