# The service alone on a port, for suites and benchmarks; not a test itself.
add_executable(dynamodb_server dynamodb_server_main.cc)
target_link_libraries(dynamodb_server PRIVATE offstage::dynamodb offstage::streams offstage::aws offstage::http offstage_flags)
target_precompile_headers(dynamodb_server REUSE_FROM offstage_pch)
