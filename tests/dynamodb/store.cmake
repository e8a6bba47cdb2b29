offstage_test(NAME dynamodb_store
  SOURCES
    store_catalogue_test.cc
    store_concurrency_test.cc
    store_items_test.cc
    store_lifetime_test.cc
    store_snapshot_test.cc
  DEPS dynamodb)
# Ranges are named by the members that matter: {.hash = 7, .partition = "p"}.
target_compile_options(dynamodb_store_test PRIVATE -Wno-missing-field-initializers)
