# Read by ../CMakeLists.txt.
set(DYNAMODB_OPS_SOURCES)
set(DYNAMODB_OPS_HEADERS)
