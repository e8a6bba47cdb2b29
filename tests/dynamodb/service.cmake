offstage_test(NAME dynamodb_service
  SOURCES
    service_concurrency_test.cc
    ongoing_transactions_test.cc
    point_in_time_test.cc
    service_modes_test.cc
  DEPS dynamodb)
