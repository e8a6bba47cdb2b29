offstage_test(NAME dynamodb_expressions
  SOURCES
    expressions_fuzz_test.cc
    expressions_legacy_test.cc
    expressions_test.cc
    expressions_vectors_test.cc
  DEPS dynamodb
  VECTORS dynamodb_expressions)
