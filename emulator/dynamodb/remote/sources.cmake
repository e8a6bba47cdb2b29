# Read by ../CMakeLists.txt.
set(DYNAMODB_REMOTE_SOURCES
  remote/create_request.cc
  remote/endpoint.cc
  remote/tables.cc)
set(DYNAMODB_REMOTE_HEADERS
  remote/create_request.h
  remote/endpoint.h
  remote/tables.h)
